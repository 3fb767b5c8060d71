import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor } from '@keyfold/event-sourcing';
import { AccountsService } from '../../test/service.js';
import { AssignOwner } from '../key-account/assign-owner.js';
import { RegisterClient } from '../key-account/register-client.js';
import { OffboardMember } from './offboard-member.js';
import { OnboardMember, ReassignMember, WithdrawMember } from './onboard-member.js';

let service: AccountsService;

const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', (error: { code?: string; name?: string }) => error.code ?? String(error.name));
const director = (memberId: string): Actor => ({ subject: memberId, memberId, roles: ['director'] });
const hr: Actor = { subject: 'ines', memberId: 'ines', roles: ['hr'] };
const reassign = (id: string, managerId: string | null, by: Actor) => outcome(service.run(ReassignMember, id, { managerId }, { by }));
const onboard = (id: string, managerId: string | null, by: Actor) => outcome(service.run(OnboardMember, id, { name: id, role: 'kam', managerId }, { by }));

beforeEach(async () => {
  service = await AccountsService.start();
  for (const [id, role, managerId] of [['head', 'director', null], ['lou', 'director', 'head'], ['max', 'director', 'head'], ['kim', 'kam', 'max'], ['ines', 'hr', 'head']] as const)
    await service.run(OnboardMember, id, { name: id, role, managerId });
});
afterEach(() => service.stop());

describe('a director who is led', () => {
  it('does not take over the people of another, and with them their accounts', async () => {
    expect(await reassign('kim', 'lou', director('lou'))).toBe('NotFound');
    expect(await onboard('kim', 'lou', director('lou'))).toBe('NotFound');
    expect(await outcome(service.run(WithdrawMember, 'kim', { reason: 'x' }, { by: director('lou') }))).toBe('NotFound');
  });

  it('does not end being led himself', async () => {
    expect(await reassign('lou', null, director('lou'))).toBe('manager-elsewhere');
    expect(await onboard('lou', 'max', director('lou'))).toBe('manager-elsewhere');
  });

  it('takes on people of his own, and nobody for another', async () => {
    expect(await onboard('new', 'lou', director('lou'))).toBe('done');
    expect(await onboard('newer', 'max', director('lou'))).toBe('manager-elsewhere');
    expect(await onboard('newer', null, director('lou'))).toBe('manager-elsewhere');
  });

  it('does not rename the client of another', async () => {
    await service.run(RegisterClient, 'acme', { name: 'Acme', activeSince: '2020-01-01' });
    await service.run(AssignOwner, 'acme', { ownerId: 'kim' });
    expect(await outcome(service.run(RegisterClient, 'acme', { name: 'Stolen', activeSince: '2020-01-01' }, { by: director('lou') }))).toBe('NotFound');
    expect(await outcome(service.run(RegisterClient, 'acme', { name: 'Acme SA', activeSince: '2020-01-01' }, { by: director('head') }))).toBe('done');
  });
});

it('whom nobody leads, and HR, place everybody', async () => {
  expect(await reassign('kim', 'lou', director('head'))).toBe('done');
  expect(await onboard('kim', 'max', hr)).toBe('done');
});

it('nobody is put under a manager who leaves; whoever has him already stays', async () => {
  await service.run(OffboardMember, 'max', { lastDay: '2026-06-30', cause: 'resigned', reason: 'another company' });
  expect(await onboard('kim', 'max', hr)).toBe('done');
  expect(await onboard('new', 'max', hr)).toBe('member-offboarded');
  expect(await reassign('lou', 'max', director('head'))).toBe('member-offboarded');
});
