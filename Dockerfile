# The program with everything it needs to run. docs/containers.md says how it is used.
ARG PYTHON_VERSION=3.13

FROM python:${PYTHON_VERSION}-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1
RUN python3 -m venv /opt/venv
COPY requirements.lock /tmp/requirements.lock
# Wheels only: an image without a compiler, and no code of a package runs while it is installed.
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: --requirement /tmp/requirements.lock

FROM python:${PYTHON_VERSION}-slim
ENV PATH="/opt/venv/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    KB_DATA_DIR=/srv/data
RUN groupadd --system --gid 10001 record \
    && useradd --system --uid 10001 --gid record --no-create-home --shell /usr/sbin/nologin record \
    && install --directory --owner record --group record --mode 0750 /srv/data \
    && install --directory --owner record --group record --mode 0700 /backups /status
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/record
COPY manage.py LICENSE ./
COPY deploy/gunicorn.conf.py deploy/healthcheck.py deploy/
COPY fixtures fixtures
COPY static static
COPY templates templates
COPY kb kb
RUN python -m compileall -q kb
USER 10001
# The key signs nothing: collecting files only needs the settings to load.
RUN KB_SECRET_KEY=not-a-key-only-for-collectstatic-while-building \
    python manage.py collectstatic --no-input --verbosity 0
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "deploy/healthcheck.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "kb.wsgi"]
