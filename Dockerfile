# Builds on the machine's own processor and publishes without a runtime identifier: one output runs on amd64 and arm64 alike,
# so that `docker buildx build --platform linux/amd64,linux/arm64` compiles once and never under emulation.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
# No build process outlives its step, whatever runs it.
ENV MSBUILDDISABLENODEREUSE=1

# What restore reads, and nothing else: this layer stays until a project file changes.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/AsyncServer.Runtime/AsyncServer.Runtime.csproj src/AsyncServer.Runtime/
COPY src/AsyncServer.Http/AsyncServer.Http.csproj src/AsyncServer.Http/
COPY src/AsyncServer/AsyncServer.csproj src/AsyncServer/
RUN dotnet restore src/AsyncServer

COPY .editorconfig BannedSymbols.txt ./
COPY src/ src/
# The native launcher belongs to one processor; the image starts the assembly instead.
RUN dotnet publish src/AsyncServer -c Release --no-restore -p:UseAppHost=false -o /app

# The modules of the image are compiled here, at the path where they are served: the server finds them below a read-only root, without
# a compiler's second. One that does not compile fails the build. What is compiled runs on every processor.
WORKDIR /app
COPY html/ html/
COPY web/ web/
RUN dotnet asyncserver.dll compile --web web
# The one folder that apps can write; see below.
RUN mkdir -p /writable/data

FROM mcr.microsoft.com/dotnet/aspnet:10.0
LABEL org.opencontainers.image.title="AsyncServer" \
      org.opencontainers.image.description="A strict HTTP/1.1 server with a coroutine for each connection" \
      org.opencontainers.image.licenses="MIT"

# Owned by root, read by the user below: the server cannot change what it serves. A read-only root is fine: the server writes no
# file, and the sample site's database is in memory then. The runtime leaves its diagnostics socket out where it cannot write to /tmp; for
# dotnet-trace and dotnet-dump mount one, and for large uploads: --tmpfs /tmp.
WORKDIR /app
COPY --from=build /app ./
# For the database of the sample site. A volume that is mounted here begins with this owner: -v asyncserver-data:/app/data
COPY --from=build --chown=$APP_UID:$APP_UID /writable/ ./

USER $APP_UID
EXPOSE 8888
# No shell in between: the server is process 1, gets SIGTERM itself and drains.
ENTRYPOINT ["dotnet", "asyncserver.dll"]
