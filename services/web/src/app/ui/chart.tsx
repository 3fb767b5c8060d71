import { useComputedColorScheme } from '@mantine/core';
import { BarChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { type ComposeOption, type EChartsType, init, use } from 'echarts/core';
import type { BarSeriesOption } from 'echarts/charts';
import type { GridComponentOption, LegendComponentOption, TooltipComponentOption, AriaComponentOption } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([BarChart, GridComponent, TooltipComponent, LegendComponent, AriaComponent, SVGRenderer]);

export type ChartOption = ComposeOption<BarSeriesOption | GridComponentOption | LegendComponentOption | TooltipComponentOption | AriaComponentOption>;

export interface ChartColours {
  readonly text: string;
  readonly line: string;
  readonly main: string;
  readonly other: string;
  readonly decal: string;
}

const COLOURS: Record<'light' | 'dark', ChartColours> = {
  light: { text: '#3f4a54', line: '#e3e7ea', main: '#1c6b64', other: '#d09a3d', decal: 'rgba(90, 55, 0, 0.35)' },
  dark: { text: '#c4ccd3', line: '#343b42', main: '#5fb1a9', other: '#e0b25c', decal: 'rgba(60, 40, 0, 0.5)' },
};

/** An ECharts picture in SVG. Loaded on demand; its table twin carries the same figures for whoever does not see it. */
export default function Chart({ option, height, label }: { option: (colours: ChartColours) => ChartOption; height: number; label: string }) {
  const scheme = useComputedColorScheme('light');
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  useEffect(() => {
    const instance = init(element.current!, undefined, { renderer: 'svg' });
    chart.current = instance;
    const observer = new ResizeObserver(() => instance.resize());
    observer.observe(element.current!);
    return () => {
      observer.disconnect();
      instance.dispose();
    };
  }, []);
  useEffect(() => {
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    chart.current?.setOption({ animation: !isStill, animationDuration: 250, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, ...option(COLOURS[scheme]) }, { notMerge: true });
  }, [option, scheme]);
  return <div ref={element} role="img" aria-label={label} style={{ height }} />;
}
