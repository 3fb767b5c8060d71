import type { MemberRole, Role } from '@keyfold/contracts';

/** A person of the demo: invented, with an id that never changes. Those without `memberId` are no team members. */
export interface DemoPerson {
  readonly user: string;
  readonly name: string;
  readonly role: Role;
  readonly memberId: string | null;
}

const person = (user: string, name: string, role: Role, memberId: string | null = null): DemoPerson => ({ user, name, role, memberId });

export const DEMO_PEOPLE = [
  person('director', 'Hélène Marchand', 'director', '0d3e0000-0000-4000-8000-000000000001'),
  person('kam', 'Karim Benali', 'kam', '0d3e0000-0000-4000-8000-000000000002'),
  person('kam2', 'Sofia Lindqvist', 'kam', '0d3e0000-0000-4000-8000-000000000003'),
  person('agent', 'Tomasz Wilk', 'service-agent', '0d3e0000-0000-4000-8000-000000000004'),
  person('finance', 'Claire Aubry', 'finance', '0d3e0000-0000-4000-8000-000000000005'),
  person('hr', 'Ines Okoro', 'hr', '0d3e0000-0000-4000-8000-000000000006'),
  person('consultant', 'Noor Vandaele', 'consultant', '0d3e0000-0000-4000-8000-000000000007'),
  person('auditor', 'Paul Verhoeven-Roy', 'auditor'),
  person('operator', 'Mina Sato', 'operator'),
  person('bi', 'BI reader', 'bi'),
] as const satisfies readonly DemoPerson[];

/** The demo people who are onboarded as team members. */
export const DEMO_TEAM = DEMO_PEOPLE.filter((one): one is typeof one & { memberId: string; role: MemberRole } => one.memberId !== null);

export const demoPerson = (user: string): DemoPerson | undefined => DEMO_PEOPLE.find((one) => one.user === user);
