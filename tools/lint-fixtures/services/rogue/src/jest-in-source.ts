// violates eslint(no-restricted-imports)
import { expect } from '@jest/globals';

export const check = expect;
