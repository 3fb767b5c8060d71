// violates eslint(no-restricted-imports)
import { Kafka } from 'kafkajs';

export const client = Kafka;
