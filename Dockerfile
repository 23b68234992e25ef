# The service alone: what requirements.txt names, the code that serves, the synthetic demo. No training, no tests, no build tools.
#
#   docker build -t clairscore .
#   docker run --read-only --tmpfs /tmp -p 127.0.0.1:7860:7860 -v clairscore:/app/data/work clairscore
#
# The volume keeps the journal and the keys. Real clients: mount a training's folder, name it in CLAIRSCORE_ARTEFACTS, and set CLAIRSCORE_AUTH.
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --only-binary=:all: -r requirements.txt \
    && /venv/bin/pip uninstall --yes pip \
    && /venv/bin/python -m compileall -q -j 0 /venv

FROM python:${PYTHON}
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin clairscore
WORKDIR /app
COPY --from=build /venv /venv
COPY app.py LICENSE ./
COPY scoring scoring
COPY data/demo data/demo
RUN /venv/bin/python -m compileall -q -j 0 scoring \
    && install -d -o clairscore -g clairscore data/work
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0 PORT=7860 GRADIO_TEMP_DIR=/tmp/gradio
USER 10001:10001
VOLUME /app/data/work
EXPOSE 7860
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/ready\", timeout=4)"]
CMD ["python", "app.py"]
