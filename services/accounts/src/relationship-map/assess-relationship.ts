import { RELATIONSHIP_LEVELS, type RelationshipLevel, type Sentiment, SENTIMENTS } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsId } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import { TeamMembers } from '../team-member/team-members.js';
import { mapUseCase } from './map-use-case.js';
import { assess, recordSentiment } from './relationship-map.decisions.js';

/** What one of ours is to one of theirs, and what he should be. */
export class AssessRelationship extends AggregateCommand {
  @IsId() memberId!: string;
  @IsId() stakeholderId!: string;
  @IsIn(RELATIONSHIP_LEVELS) current!: RelationshipLevel;
  @IsIn(RELATIONSHIP_LEVELS) desired!: RelationshipLevel;
}

export const assessRelationshipCase = mapUseCase(AssessRelationship, 'assess-relationship', {
  needs: [Stakeholders, TeamMembers],
  async prepare({ id, memberId, stakeholderId }, _map, [stakeholders, members]) {
    await members.assertOnboarded(memberId);
    await stakeholders.assertActive(id, stakeholderId);
  },
  decide: (map, { memberId, stakeholderId, current, desired }) => assess(map, { memberId, stakeholderId }, { current, desired }),
});

export class RecordSentiment extends AggregateCommand {
  @IsId() memberId!: string;
  @IsId() stakeholderId!: string;
  @IsIn(SENTIMENTS) sentiment!: Sentiment;
}

export const recordSentimentCase = mapUseCase(RecordSentiment, 'record-sentiment', {
  needs: [Stakeholders, TeamMembers],
  async prepare({ id, memberId, stakeholderId }, _map, [stakeholders, members]) {
    await members.assertOnboarded(memberId);
    await stakeholders.assertActive(id, stakeholderId);
  },
  decide: (map, { memberId, stakeholderId, sentiment }) => recordSentiment(map, { memberId, stakeholderId }, sentiment),
});
