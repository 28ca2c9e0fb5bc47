# One image for web and worker. Build: docker build -t duecourse .
FROM node:22-slim AS assets
WORKDIR /assets
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
    && mkdir -p vendor console/htmx console/htmx-sse \
    && cp node_modules/htmx.org/dist/htmx.min.js node_modules/htmx.org/LICENSE console/htmx/ \
    && cp node_modules/htmx-ext-sse/dist/sse.min.js node_modules/htmx-ext-sse/LICENSE console/htmx-sse/ \
    && cp node_modules/swagger-ui-dist/swagger-ui-bundle.js node_modules/swagger-ui-dist/swagger-ui.css \
          node_modules/swagger-ui-dist/favicon-32x32.png node_modules/swagger-ui-dist/LICENSE \
          node_modules/swagger-ui-dist/NOTICE vendor/

FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements.txt requirements-dev.txt ./
RUN python -m venv /opt/duecourse \
    && /opt/duecourse/bin/pip install --no-cache-dir --require-hashes -r requirements.txt \
    && python -m venv /opt/tools \
    && /opt/tools/bin/pip install --no-cache-dir --require-hashes -r requirements-dev.txt
COPY pyproject.toml README.md LICENSE CHANGELOG.md ./
COPY policies policies
COPY channels channels
COPY templates templates
COPY orchestrator orchestrator
COPY --from=assets /assets/vendor orchestrator/api/assets/vendor
COPY --from=assets /assets/console orchestrator/console/assets/vendor
RUN /opt/tools/bin/python -m hatchling build -t wheel \
    && /opt/duecourse/bin/pip install --no-cache-dir --no-deps --no-index dist/*.whl

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 duecourse && mkdir -p /var/lib/duecourse && chown duecourse /var/lib/duecourse
COPY --from=build /opt/duecourse /opt/duecourse
ENV PATH=/opt/duecourse/bin:$PATH PYTHONUNBUFFERED=1 DUECOURSE_DATA_DIR=/var/lib/duecourse DUECOURSE_HOST=0.0.0.0
USER duecourse
WORKDIR /var/lib/duecourse
VOLUME /var/lib/duecourse
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["duecourse", "web"]
