# The image holds one static program and the certificates that distroless brings: no shell, no package manager, no
# root. internal/imagetest runs what the line below builds in an empty root directory. The program ends within 9 seconds
# of SIGTERM, which the 10 of `docker stop` allow: no stop_grace_period is needed.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /out/protime-admin .
RUN mkdir /out/data

FROM gcr.io/distroless/static-debian12:nonroot
ARG VERSION=dev
LABEL org.opencontainers.image.title="protime-admin" org.opencontainers.image.version="${VERSION}"
COPY --from=build /out/protime-admin /protime-admin
# A new volume takes the owner of the folder that it covers.
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
VOLUME /data
ENV AUDIT_DATABASE_URL=sqlite:/data/audit.db
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["/protime-admin", "healthcheck"]
ENTRYPOINT ["/protime-admin"]
