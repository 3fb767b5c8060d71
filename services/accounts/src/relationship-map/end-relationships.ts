import { AggregateCommand, Commands, useCase } from '@keyfold/event-sourcing-nest';
import { IsId } from '@keyfold/platform';
import { relationshipMap } from './relationship-map.aggregate.js';
import { endRelationships } from './relationship-map.decisions.js';
import { EVERYBODY, releaseLines, reportingLines } from './reporting-lines.aggregate.js';

/** Told by the policy that follows a departure. */
export class EndRelationships extends AggregateCommand {
  @IsId() stakeholderId!: string;
}

export const endRelationshipsCase = useCase(EndRelationships, {
  route: 'relationship-maps/:id/end-relationships',
  roles: ['service'],
  on: relationshipMap,
  makes: true,
  needs: [Commands],
  decide: (map, { stakeholderId }) => endRelationships(map, stakeholderId),
  follow: (command, _map, [commands]) => [commands.write(reportingLines, EVERYBODY, command, 'release', (lines) => releaseLines(lines, command.stakeholderId))],
});
