export type { KafkaSettings } from './client.js';
export type { MemberHealth, MemberTuning } from './group-member.js';
export { KafkaTransport } from './kafka-transport.js';
export { TopicMisconfigured } from './topic-check.js';
export { createTopics } from './topics.js';
