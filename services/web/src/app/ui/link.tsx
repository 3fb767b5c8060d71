import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useHref } from '../as-of/as-of.js';

/** A link inside the dashboard; the point in time goes along. */
export function AppLink({ to, className = 'link', children }: { to: string; className?: string; children: ReactNode }) {
  const href = useHref();
  return (
    <Link href={href(to)} className={className}>
      {children}
    </Link>
  );
}
