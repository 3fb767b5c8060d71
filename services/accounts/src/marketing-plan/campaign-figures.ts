import { CAMPAIGN_RESPONSES, OFFERING_REACTIONS } from '@keyfold/contracts';
import { queryCase, Views } from '@keyfold/event-sourcing-nest';
import { Access } from '@keyfold/platform';
import { Offerings } from '../offering/offerings.js';
import { type Figures, figuresOf, PlanFigures } from '../plan/in-scope.js';
import { PLAN_READERS } from '../plan/plan-use-case.js';
import { type CampaignRow, campaigns } from './campaigns.projection.js';

/** What people did over a channel. Rates in per cent of what was delivered; null where nothing was. */
export interface ChannelPerformance {
  readonly channel: string;
  readonly campaigns: number;
  readonly responses: Readonly<Record<string, number>>;
  readonly clickPercent: number | null;
  /** Meetings and quotes that were asked for. */
  readonly conversionPercent: number | null;
}

export function channelPerformances(rows: readonly CampaignRow[]): readonly ChannelPerformance[] {
  const channels = [...new Set(rows.flatMap((row) => row.channels.map(({ channel }) => channel)))].sort();
  return channels.map((channel) => {
    const counts = rows.flatMap((row) => row.responses.filter((one) => one.channel === channel));
    const sum = (...responses: string[]): number => counts.filter(({ response }) => responses.includes(response)).reduce((total, { count }) => total + count, 0);
    const delivered = sum('delivered');
    const rate = (part: number): number | null => (delivered === 0 ? null : (100 * part) / delivered);
    return {
      channel,
      campaigns: rows.filter((row) => row.channels.some((one) => one.channel === channel)).length,
      responses: Object.fromEntries(CAMPAIGN_RESPONSES.map((response) => [response, sum(response)])),
      clickPercent: rate(sum('clicked')),
      conversionPercent: rate(sum('meeting-asked', 'quote-asked')),
    };
  });
}

export class GetChannelPerformance extends PlanFigures<ChannelPerformance> {}

export const channelPerformanceCase = queryCase<Figures<ChannelPerformance>, GetChannelPerformance, readonly [typeof Views, typeof Access]>(GetChannelPerformance, {
  route: 'channel-performance',
  roles: PLAN_READERS,
  needs: [Views, Access],
  answer: (query, needed) => figuresOf(query, needed, campaigns, channelPerformances),
});

/** How often an offering was shown in campaigns, and what the clients made of it. */
export interface OfferingExposure {
  readonly offeringId: string;
  readonly offeringName: string | null;
  readonly showings: number;
  readonly accounts: number;
  readonly lastShownOn: string;
  readonly reactions: Readonly<Record<string, number>>;
}

export function offeringExposures(rows: readonly CampaignRow[], names: ReadonlyMap<string, string>): readonly OfferingExposure[] {
  const shown = rows.flatMap(({ accountId, showings }) => showings.map((showing) => ({ ...showing, accountId })));
  return [...Map.groupBy(shown, ({ offeringId }) => offeringId)].map(([offeringId, showings]) => ({
    offeringId,
    offeringName: names.get(offeringId) ?? null,
    showings: showings.length,
    accounts: new Set(showings.map(({ accountId }) => accountId)).size,
    lastShownOn: showings.reduce((last, { shownOn }) => (shownOn > last ? shownOn : last), ''),
    reactions: Object.fromEntries(OFFERING_REACTIONS.map((reaction) => [reaction, showings.filter((one) => one.reaction === reaction).length])),
  }));
}

export class GetOfferingExposure extends PlanFigures<OfferingExposure> {}

export const offeringExposureCase = queryCase<Figures<OfferingExposure>, GetOfferingExposure, readonly [typeof Views, typeof Access, typeof Offerings]>(GetOfferingExposure, {
  route: 'offering-exposure',
  roles: PLAN_READERS,
  needs: [Views, Access, Offerings],
  async answer(query, needed) {
    const names = new Map((await needed[2].all()).map(({ id, name }) => [id, name]));
    return figuresOf(query, needed, campaigns, (rows) => offeringExposures(rows, names));
  },
});
