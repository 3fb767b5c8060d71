const WIDTH = 88;
const HEIGHT = 26;
const GAP = 2;

/** Twelve small columns on one scale of their own; the figures beside and behind it are its table twin. */
export function Sparkline({ values, label }: { values: readonly number[]; label: string }) {
  const top = Math.max(...values, 1);
  const step = WIDTH / Math.max(values.length, 1);
  return (
    <svg className="sparkline" role="img" aria-label={label} width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`}>
      {values.map((value, index) => {
        const height = value > 0 ? Math.max(2, (value / top) * (HEIGHT - 2)) : 1;
        return <rect key={index} className={value > 0 ? 'bar' : 'bar bar-none'} x={index * step} y={HEIGHT - height} width={step - GAP} height={height} rx={1} />;
      })}
    </svg>
  );
}
