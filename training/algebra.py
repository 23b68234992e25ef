"""One thread for linear algebra: sums in one order, whatever the machine, and no two libraries competing for its cores."""

from threadpoolctl import threadpool_limits


def one_thread() -> threadpool_limits:
    """A context in which BLAS uses one thread; OpenMP and joblib keep theirs."""
    return threadpool_limits(limits=1, user_api="blas")
