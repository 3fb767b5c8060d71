const PATHS = {
  portfolio: 'M4 19V9m5 10V5m5 14v-7m5 7V8',
  pipeline: 'M4 5h16l-6 7v6l-4 2v-8z',
  incidents: 'M12 4 2.8 19.5h18.4zM12 10v4m0 2.8v.2',
  tasks: 'M9 6h11M9 12h11M9 18h11M4 6l1 1 1.6-2M4 12l1 1 1.6-2M4 18l1 1 1.6-2',
  history: 'M4 12a8 8 0 1 0 2.6-5.9L4 8.5M4 4v4.5h4.5M12 8v4.5l3 1.8',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10',
  signOut: 'M14 5H6v14h8M11 12h9m-3-3 3 3-3 3',
  search: 'M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12m4.5 10.5L20 20',
  chevronDown: 'm6 9.5 6 6 6-6',
  up: 'm7 11 5-5 5 5M12 6v12',
  down: 'm7 13 5 5 5-5M12 18V6',
  sort: 'm8 10 4-4 4 4M8 14l4 4 4-4',
  dots: 'M6 12h.01M12 12h.01M18 12h.01',
  check: 'm5 12.5 4.5 4.5L19 7',
  pause: 'M9 6v12M15 6v12',
  play: 'M8 5.5v13l10-6.5z',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16m0 4v4.5l3 1.8',
  close: 'm6 6 12 12M18 6 6 18',
  plus: 'M12 5v14M5 12h14',
  compare: 'M8 5v14M16 5v14M4 9l4-4 4 4M12 15l4 4 4-4',
  chart: 'M4 20h16M7 16v-5m5 5V6m5 10v-8',
  table: 'M4 5h16v14H4zM4 10h16M4 14.5h16M10 10v9',
  empty: 'M4 13 6.5 5h11L20 13v6H4zM4 13h5l1 2.5h4L15 13h5',
  transfer: 'M4 8h13m-3.5-3.5L17 8l-3.5 3.5M20 16H7m3.5-3.5L7 16l3.5 3.5',
  flag: 'M6 20V5h11l-2 4 2 4H6',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'dots' ? 2.6 : 1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
