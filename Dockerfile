# The image holds one static program and the certificates that it trusts; there is no shell, and it runs as nobody in
# particular. Time zones are inside the program.
#
#   docker build -t reportjob .
#   docker run --rm -v "$PWD/exports:/exports" reportjob run --once --demo
#
# The folders that are mounted at /exports and /state have to be writable for user 65532.

ARG GO_IMAGE=golang:1.26
ARG BASE_IMAGE=gcr.io/distroless/static-debian12:nonroot

FROM ${GO_IMAGE} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY clients clients
COPY cmd cmd
COPY exporters exporters
COPY jobs jobs
ARG VERSION=dev
ENV CGO_ENABLED=0
RUN go build -trimpath -buildvcs=false -ldflags="-s -w -X main.release=${VERSION}" -o /out/reportjob ./cmd/reportjob
# Folders that belong to the user who runs the program: a new volume takes them over.
RUN mkdir -p /out/exports /out/state

FROM ${BASE_IMAGE}
ARG VERSION=dev
LABEL org.opencontainers.image.title="reportjob" \
      org.opencontainers.image.description="Turns web APIs into spreadsheets on a schedule, and proves that nothing is missing" \
      org.opencontainers.image.source="https://github.com/reportjob/reportjob" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
# For a base image that has none, such as scratch.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/reportjob /reportjob
COPY --from=build --chown=65532:65532 /out/exports /exports
COPY --from=build --chown=65532:65532 /out/state /state
ENV REPORTJOB_OUTPUT=/exports \
    REPORTJOB_STATE=/state
USER 65532:65532
WORKDIR /exports
VOLUME ["/exports", "/state"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/reportjob"]
CMD ["run"]
