import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AccountsService } from '../../test/service.js';
import { OnboardMember } from '../team-member/onboard-member.js';
import { AddAccountTeamMember } from './account-team.js';
import { AssignOwner } from './assign-owner.js';
import { AttachToParent } from './attach-to-parent.js';
import { RegisterClient } from './register-client.js';

const dora = { subject: 'dora', memberId: 'dora', roles: ['director' as const] };

let service: AccountsService;

const attach = (parentId: string): Promise<string> =>
  service.run(AttachToParent, 'unit', { parentId }, { by: dora }).then(() => 'done', (error: Error & { code?: string }) => error.code ?? `${error.name}: ${error.message}`);

beforeEach(async () => {
  service = await AccountsService.start();
  await service.run(OnboardMember, 'dora', { name: 'Dora', role: 'director' });
  await service.run(OnboardMember, 'anna', { name: 'Anna', role: 'kam' });
  for (const id of ['unit', 'group']) await service.run(RegisterClient, id, { name: id, activeSince: '2020-01-01' });
  await service.run(AssignOwner, 'group', { ownerId: 'anna' });
});
afterEach(() => service.stop());

describe('the parent that a director attaches an account to', () => {
  it('is one that he may see, and not found otherwise, as one that is not there', async () => {
    expect(await attach('group')).toBe('NotFound: no key-account group');
    expect(await attach('nowhere')).toBe('NotFound: no key-account nowhere');
  });

  it('need not be his to change', async () => {
    await service.run(AddAccountTeamMember, 'group', { memberId: 'dora', role: 'other', access: 'read' });
    expect(await attach('group')).toBe('done');
  });
});
