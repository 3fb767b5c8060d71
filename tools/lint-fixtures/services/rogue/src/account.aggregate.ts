// violates eslint(no-restricted-imports)
import { randomUUID } from 'node:crypto';

export const open = () => ({ id: randomUUID() });
