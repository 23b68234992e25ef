"""One thread for linear algebra: sums in one order, and no libraries competing for the cores."""

from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]


def one_thread() -> AbstractContextManager[object]:
    """A context in which BLAS uses one thread; OpenMP and joblib keep theirs."""
    limits: AbstractContextManager[object] = threadpool_limits(limits=1, user_api="blas")
    return limits
