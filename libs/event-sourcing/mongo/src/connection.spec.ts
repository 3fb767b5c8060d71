import { describe, expect, it } from '@jest/globals';
import { Unavailable } from '@keyfold/event-sourcing';
import { mongo } from 'mongoose';
import { isOutage, within } from './connection.js';

const server = (code: number): mongo.MongoServerError => new mongo.MongoServerError({ message: 'x', code });

describe('an outage', () => {
  it.each([
    ['a broken connection', new mongo.MongoNetworkError('closed')],
    ['no primary', server(10107)],
    ['a write concern that timed out', server(64)],
    ['a read that took too long', server(50)],
    ['a socket that ended under the driver', Object.assign(new Error('This socket has been ended by the other party'), { code: 'EPIPE' })],
    ['our own deadline', new Unavailable('x')],
  ])('is %s', (_what, error) => expect(isOutage(error)).toBe(true));

  it.each([
    ['a duplicate key', server(11000)],
    ['a missing right', server(13)],
    ['a bug', new TypeError('x')],
    ['nothing', null],
  ])('is not %s', (_what, error) => expect(isOutage(error)).toBe(false));
});

describe('a deadline', () => {
  const clock = { now: () => new Date(), wait: () => Promise.resolve() };
  const standing = { ...clock, wait: () => new Promise<void>(() => undefined) };

  it('ends the waiting for an answer that does not come', async () => {
    await expect(within(clock, 'the store', 10, new Promise(() => undefined))).rejects.toThrow('the store is not available');
  });

  it('lets answers and refusals through, and names outages', async () => {
    expect(await within(standing, 'the store', 10, Promise.resolve(7))).toBe(7);
    await expect(within(standing, 'the store', 10, Promise.reject(server(11000)))).rejects.toThrow(mongo.MongoServerError);
    await expect(within(standing, 'the store', 10, Promise.reject(new mongo.MongoNetworkError('closed')))).rejects.toThrow(Unavailable);
  });
});
