# CPU image:  docker build --target cpu -t expunge .
# GPU image:  docker build --target gpu --build-arg LIBTORCH=… -t expunge:gpu .
ARG JDK=eclipse-temurin:25-jdk
ARG JRE=eclipse-temurin:25-jre

FROM ${JDK} AS build
WORKDIR /src
COPY .mvn .mvn
COPY mvnw pom.xml ./
COPY openapi.yaml ./
COPY migrations migrations
COPY src/main src/main
RUN ./mvnw -B -q -ntp -Dmaven.test.skip=true -Dspotless.check.skip package \
    && java -Djarmode=tools -jar target/expunge.jar extract --layers --launcher --destination target/layers

FROM ${JRE} AS base
RUN (groupadd --system --gid 10001 expunge && useradd --system --uid 10001 --gid expunge --home-dir /var/lib/expunge expunge) \
    && mkdir -p /var/lib/expunge && chown expunge:expunge /var/lib/expunge
WORKDIR /app
COPY --from=build /src/target/layers/dependencies/ ./
COPY --from=build /src/target/layers/spring-boot-loader/ ./
COPY --from=build /src/target/layers/snapshot-dependencies/ ./
COPY --from=build /src/target/layers/application/ ./
ENV EXPUNGE_DATADIRECTORY=/var/lib/expunge \
    DJL_CACHE_DIR=/var/lib/expunge/djl \
    OPT_OUT_TRACKING=true \
    LOGGING_STRUCTURED_FORMAT_CONSOLE=ecs
VOLUME /var/lib/expunge
EXPOSE 8080
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/localhost/8080 && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '\"UP\"' <&3"]
ENTRYPOINT ["java", "--enable-native-access=ALL-UNNAMED", "-XX:MaxRAMPercentage=50", "org.springframework.boot.loader.launch.JarLauncher"]

FROM base AS cpu

# The same service on CUDA 12.8: libtorch lies beside the application and DJL is pointed at it. LIBTORCH is the address
# or path of the archive of libtorch 2.7.1 for CUDA 12.8 with the C++11 ABI.
FROM base AS gpu
USER root
ARG LIBTORCH
ADD ${LIBTORCH} /tmp/libtorch.zip
RUN (command -v unzip >/dev/null || (apt-get update -qq && apt-get install -y -qq unzip)) \
    && unzip -q /tmp/libtorch.zip -d /opt && rm /tmp/libtorch.zip
ENV PYTORCH_LIBRARY_PATH=/opt/libtorch/lib LD_LIBRARY_PATH=/opt/libtorch/lib PYTORCH_FLAVOR=cu128
USER 10001:10001
