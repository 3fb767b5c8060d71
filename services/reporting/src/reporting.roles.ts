/** Who reads figures; his scope says whose. */
export const READERS = ['kam', 'director', 'service-agent', 'finance', 'auditor', 'bi'] as const;
