import type { ReactNode } from 'react';

export type Tone = 'neutral' | 'good' | 'info' | 'warn' | 'bad';

/** A short state in words; the colour only repeats what the words say. */
export function Tag({ tone = 'neutral', strong = false, children }: { tone?: Tone; strong?: boolean; children: ReactNode }) {
  return <span className={`tag tag-${tone}${strong ? ' tag-strong' : ''}`}>{children}</span>;
}
