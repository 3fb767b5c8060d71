import type { Type } from '@nestjs/common';
import { type PolicyContents, policyId, type PolicyKind, POLICY_KINDS } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand, type UseCase, useCase } from '@keyfold/event-sourcing-nest';
import { IsBody, IsDateOnly, IsText } from '@keyfold/platform';
import { Policies } from './policies.js';
import { BODIES, codesOf, weightsOf } from './policy-bodies.js';
import { assertDistinct, assertWhole, policy, publish } from './policy.aggregate.js';

/** `POST /api/accounts/policies/<kind>--<code>/publish-<kind>`, for each kind: the contents differ, the rules do not. */
export const publishPolicyCases: readonly UseCase[] = POLICY_KINDS.map((kind) => publishCase(kind, BODIES[kind]));

function publishCase<Kind extends PolicyKind>(kind: Kind, body: Type<PolicyContents[Kind]>): UseCase {
  class PublishPolicy extends AggregateCommand {
    @IsDateOnly() validFrom!: string;
    @IsText(500) reason!: string;
    @IsBody(() => body) content!: PolicyContents[Kind];
  }
  Object.defineProperty(PublishPolicy, 'name', { value: `Publish${kind.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase())}Policy` });

  return useCase(PublishPolicy, {
    route: `policies/:id/publish-${kind}`,
    roles: ['director', 'admin'],
    on: policy,
    makes: true,
    needs: [Policies],
    decide(versions, { id, validFrom, reason, content }, _prepared, [policies]) {
      if (!id.startsWith(policyId(kind, '')) || id === policyId(kind, '')) throw new DomainError('policy-unknown');
      weightsOf(content).forEach(assertWhole);
      codesOf(content).forEach(assertDistinct);
      return publish(versions, kind, { validFrom, reason, content: structuredClone(content) }, policies.today());
    },
  });
}
