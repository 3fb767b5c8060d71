import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type Money, MOTIONS, type Motion, type Stage, STAGES } from '@keyfold/contracts';
import { IsIn, IsOptional } from 'class-validator';
import type { Deal } from '../history/deal.js';
import { Figures } from '../history/figures.js';
import { PointQuery } from '../history/point-query.js';

export interface FunnelStage {
  readonly stage: Stage;
  readonly open: number;
  /** Open deals without an amount: listed, never counted as 0 (domain.md 3.8). */
  readonly withoutAmount: number;
  readonly value: readonly Money[];
  /** Sum of amount x probability, rounded to the minor unit. */
  readonly weighted: readonly Money[];
}

export interface PipelineFunnel {
  readonly asOf: string;
  readonly knownOn: string;
  readonly stale: boolean;
  readonly stages: readonly FunnelStage[];
}

export class GetPipelineFunnel extends PointQuery<PipelineFunnel> {
  @IsOptional() @IsIn(MOTIONS) motion?: Motion;
}

@QueryHandler(GetPipelineFunnel)
export class GetPipelineFunnelHandler implements IQueryHandler<GetPipelineFunnel> {
  constructor(private readonly figures: Figures) {}

  async execute(query: GetPipelineFunnel): Promise<PipelineFunnel> {
    const stale = !(await this.figures.arrived(query));
    const point = this.figures.point(query);
    const deals = await this.figures.deals(point, query.scope);
    const open = deals.filter((deal) => deal.outcome === 'open' && (!query.motion || deal.motion === query.motion));
    return { asOf: point.on, knownOn: point.known, stale, stages: STAGES.map((stage) => funnelStage(stage, open.filter((deal) => deal.stage === stage))) };
  }
}

export function funnelStage(stage: Stage, deals: readonly Deal[]): FunnelStage {
  const sums = new Map<string, { value: number; weighted: number }>();
  for (const { amount, probability } of deals) {
    if (!amount) continue;
    const sum = sums.get(amount.currency) ?? { value: 0, weighted: 0 };
    sums.set(amount.currency, { value: sum.value + amount.amountMinor, weighted: sum.weighted + amount.amountMinor * probability });
  }
  const money = (pick: (sum: { value: number; weighted: number }) => number): Money[] => [...sums].map(([currency, sum]) => ({ amountMinor: pick(sum), currency }));
  return {
    stage,
    open: deals.length,
    withoutAmount: deals.filter((deal) => deal.amount === null).length,
    value: money((sum) => sum.value),
    weighted: money((sum) => Math.round(sum.weighted / 100)),
  };
}
