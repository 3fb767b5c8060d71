// Traces of HTTP, Nest, MongoDB and Kafka over OTLP: node --import @keyfold/platform/telemetry dist/main.js
// Does nothing, and loads nothing, unless OTEL_EXPORTER_OTLP_ENDPOINT (or its traces variant) says where they go.
const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_SDK_DISABLED, OTEL_TRACES_SAMPLER_ARG } = process.env;

if ((OTEL_EXPORTER_OTLP_ENDPOINT || OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) && OTEL_SDK_DISABLED !== 'true') {
  const { register } = await import('import-in-the-middle/register-hooks.mjs');
  // The hook must stand before any of these is loaded, and must be told of Nest's inner files by pattern, or nothing is instrumented.
  register({
    include: ['http', 'node:http', 'https', 'node:https', 'mongodb', 'kafkajs', '@nestjs/core', /@nestjs\/core\/(nest-factory|router\/router-execution-context)/],
  });
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler } = await import('@opentelemetry/sdk-trace');
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto');
  const { HttpInstrumentation } = await import('@opentelemetry/instrumentation-http');
  const { KafkaJsInstrumentation } = await import('@opentelemetry/instrumentation-kafkajs');
  const { MongoDBInstrumentation } = await import('@opentelemetry/instrumentation-mongodb');
  const { NestInstrumentation } = await import('@opentelemetry/instrumentation-nestjs-core');

  /** The published one stops at Nest 11, silently; the parts that it patches are the same in 12. */
  class Nest12Instrumentation extends NestInstrumentation {
    init() {
      const definition = super.init();
      definition.supportedVersions = ['>=4.0.0 <13'];
      for (const file of definition.files) file.supportedVersions = definition.supportedVersions;
      return definition;
    }
  }

  /** What people search for does not belong into a trace: it may be a name. */
  const withoutQueries = {
    onStart: (span) => {
      const { 'url.query': query, 'url.full': full } = span.attributes;
      if (query) span.setAttribute('url.query', 'REDACTED');
      if (full?.includes('?')) span.setAttribute('url.full', full.slice(0, full.indexOf('?')));
    },
    onEnd: () => undefined,
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };

  const ratio = Number(OTEL_TRACES_SAMPLER_ARG ?? 1);
  const sdk = new NodeSDK({
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [withoutQueries, new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
    instrumentations: [new HttpInstrumentation(), new Nest12Instrumentation(), new MongoDBInstrumentation(), new KafkaJsInstrumentation()],
  });
  sdk.start();
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void sdk.shutdown().catch(() => undefined));
}
