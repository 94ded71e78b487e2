# The service as one image. Built in two stages: durable-rules comes as source and needs a compiler, the result has none.
#   docker build --tag malus .
#   docker run --read-only --tmpfs /tmp --volume malus:/var/lib/malus --volume "$PWD/rules:/etc/malus/rules:ro" malus
# It serves on loopback; to serve other hosts in plain text say so: add `serve --address 0.0.0.0:7070 --plaintext-anywhere`.
FROM python:3.11-slim-bookworm AS build
# The compiler only builds here, and a Debian release keeps one version of it at a time, so a pin would soon name none.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --no-install-recommends --yes gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
# The installer stays behind in this stage; what it installs is pinned by the lock.
# hadolint ignore=DL3013
RUN pip install --no-cache-dir uv
WORKDIR /source
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY proto proto
COPY service service
COPY clients clients
COPY rules rules
# The lock is a constraint, hashes included, so the tools of developers that it also names stay out.
RUN uv venv /opt/malus \
    && uv build --wheel --out-dir /tmp/wheel \
    && uv pip install --no-cache --python /opt/malus --constraint requirements.lock /tmp/wheel/*.whl

FROM python:3.11-slim-bookworm
COPY --from=build /opt/malus /opt/malus
RUN install --directory --owner=65532 --group=65532 /var/lib/malus
# The root is read-only: compiled kernels are kept in a temporary folder.
ENV PATH=/opt/malus/bin:$PATH \
    NUMBA_CACHE_DIR=/tmp/malus-kernels \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
USER 65532:65532
WORKDIR /var/lib/malus
VOLUME ["/tmp", "/var/lib/malus"]
ENTRYPOINT ["malus"]
CMD ["serve", "--rules", "/etc/malus/rules", "--ledger", "/var/lib/malus/ledger.sqlite", "--address", "127.0.0.1:7070"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import grpc, sys; from grpc_health.v1 import health_pb2, health_pb2_grpc; asked = health_pb2_grpc.HealthStub(grpc.insecure_channel('127.0.0.1:7070')).Check(health_pb2.HealthCheckRequest(), timeout=3); sys.exit(asked.status != 1)"]
