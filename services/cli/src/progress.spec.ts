import { expect, it } from '@jest/globals';
import { progressLine } from './progress.js';

it.each([
  ['importing', 4_500, 8_800, 7.5, 'importing 4500/8800 51 % 600/s 8 s left'],
  ['importing', 8_800, 8_800, 10, 'importing 8800/8800 100 % 880/s'],
  ['importing', 0, 8_800, 0, 'importing 0/8800 0 % 0/s'],
])('%s %d of %d after %d s reads %p', (label, done, total, seconds, line) => expect(progressLine(label, done, total, seconds)).toBe(line));
