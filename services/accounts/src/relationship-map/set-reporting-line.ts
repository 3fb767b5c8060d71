import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsId, OrNull } from '@keyfold/platform';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import { Groups } from './groups.js';
import { mapUseCase } from './map-use-case.js';
import { managerOf, setReportingLine } from './relationship-map.decisions.js';
import { claimLine, EVERYBODY, reportingLines, tellLine } from './reporting-lines.aggregate.js';

/** To whom somebody of this account reports; the manager may belong to another account of the same group. Null: to nobody. */
export class SetReportingLine extends AggregateCommand {
  @IsId() stakeholderId!: string;
  @OrNull() @IsId() managerId!: string | null;
}

export const setReportingLineCase = mapUseCase(SetReportingLine, 'set-reporting-line', {
  needs: [Commands, Stakeholders, Groups],
  /** Answers the claim of the line; null where the map says it already. */
  async prepare(command, map, [commands, stakeholders, groups]): Promise<number | null> {
    const { id: accountId, stakeholderId, managerId } = command;
    await stakeholders.assertActive(accountId, stakeholderId);
    if (managerId !== null) {
      const manager = await stakeholders.active(managerId);
      if ((await groups.rootOf(accountId)) !== (await groups.rootOf(manager.accountId))) throw new DomainError('reporting-line-outside-group');
    }
    if (managerOf(map, stakeholderId) === managerId) return null;
    return (await commands.also(reportingLines, EVERYBODY, command, 'claim', (lines) => claimLine(lines, stakeholderId, managerId))).version;
  },
  decide: (map, { stakeholderId, managerId }, claim) => (claim === null || claim === undefined ? [] : setReportingLine(map, { stakeholderId, managerId, claim })),
  follow(command, map, [commands]) {
    const told = map.lines[command.stakeholderId];
    return told ? [commands.write(reportingLines, EVERYBODY, command, 'tell', (lines) => tellLine(lines, command.stakeholderId, told.claim))] : [];
  },
});
