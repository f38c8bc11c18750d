# One image for web, worker, beat and commands. Not root, and nothing is written outside /run/see1 and /tmp.
FROM node:22-bookworm-slim AS browser
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install --require-hashes --requirement /tmp/requirements.txt

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=see1.settings.production \
    PROMETHEUS_MULTIPROC_DIR=/run/see1/metrics \
    BIND=0.0.0.0:8000
RUN groupadd --system --gid 10001 see1 \
    && useradd --system --uid 10001 --gid see1 --no-create-home --home-dir /nonexistent see1
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
COPY --from=browser /app/node_modules node_modules
# The development settings need no secrets; the files' names and hashes are the same in production.
RUN DJANGO_SETTINGS_MODULE=see1.settings.collect PROMETHEUS_MULTIPROC_DIR='' \
        python manage.py collectstatic --noinput --verbosity 0 \
    && mkdir -p /run/see1/metrics && chown -R see1:see1 /run/see1
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "deploy/alive.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn.conf.py", "see1.wsgi:application"]
