import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { AccountsService } from '../../test/service.js';
import { OnboardMember } from '../team-member/onboard-member.js';
import { AssignOwner } from './assign-owner.js';
import { CancelHandover, HandOver } from './hand-over.js';
import { keyAccount, ownerOf } from './key-account.aggregate.js';
import { RegisterClient } from './register-client.js';

let service: AccountsService;

const cancel = (director: string): Promise<string> =>
  service
    .run(CancelHandover, 'acme', { effectiveOn: '2026-06-01', reason: 'a mistake' }, { by: { subject: director, memberId: director, roles: ['director'] } })
    .then(() => 'done', (error: Error) => error.name);

beforeEach(async () => {
  service = await AccountsService.start();
  for (const id of ['dora', 'emil']) await service.run(OnboardMember, id, { name: id, role: 'director' });
  await service.run(RegisterClient, 'acme', { name: 'Acme', activeSince: '2020-01-01' });
  await service.run(AssignOwner, 'acme', { ownerId: 'dora' });
  await service.run(HandOver, 'acme', { toOwnerId: 'emil', effectiveOn: '2026-06-01', reason: 'new territory' });
});
afterEach(() => service.stop());

it('a handover is cancelled by whom the account is today, and not by who would have had it', async () => {
  expect(await cancel('emil')).toBe('NotFound');
  expect(await cancel('dora')).toBe('done');
  expect(await cancel('dora')).toBe('done');
  expect(ownerOf((await service.commands.load(keyAccount, 'acme')).state)).toBe('dora');
});
