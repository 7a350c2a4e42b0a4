# syntax=docker/dockerfile:1
ARG VERSION=3.12
FROM python:${VERSION}-slim AS build
WORKDIR /app
COPY --chown=app:app pyproject.toml ./
RUN pip install --no-cache-dir . && \
    rm -rf /root/.cache
ENV PORT=8080 MODE=production

FROM build AS run
COPY --from=build /app /app
EXPOSE 8080/tcp
HEALTHCHECK --interval=30s CMD curl -f http://localhost:8080/ || exit 1
ENTRYPOINT ["python", "-m", "app"]
