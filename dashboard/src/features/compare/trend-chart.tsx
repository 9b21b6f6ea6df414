import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { bucket } from '../../shared/format/date.ts'
import { count, shortCount } from '../../shared/format/number.ts'
import type { Grain } from '../../shared/time/days.ts'
import { Change } from '../../shared/ui/change.tsx'
import { SIDE_DASH, SIDE_LABELS, SideMark, type SideName } from '../../shared/ui/side-mark.tsx'
import type { TrendPoint } from './trend-points.ts'

export interface TrendChartProps {
  points: TrendPoint[]
  grain: Grain
  compared: boolean
  /** Social's line shows clicks, since no page sent a pageview. */
  clicksOnly: boolean
}

/** Up to this many points each gets its marker; beyond it markers would run into each other. */
const MOST_MARKERS = 32

/** Both sides over time, drawn from plain points. Arrow keys move along it. */
export default function TrendChart({ points, grain, compared, clicksOnly }: TrendChartProps) {
  const markers = points.length <= MOST_MARKERS
  return (
    <ResponsiveContainer width="100%" height="100%">
      <LineChart
        data={points}
        margin={{ top: 8, right: 12, bottom: 0, left: 0 }}
        accessibilityLayer
        title="Trend of Search and Social"
      >
        <CartesianGrid vertical={false} stroke="var(--line)" />
        <XAxis
          dataKey="label"
          tickFormatter={(label: string) => bucket(label, grain, 'short')}
          tick={{ fill: 'var(--ink-3)', fontSize: 11 }}
          tickLine={false}
          axisLine={{ stroke: 'var(--line-strong)' }}
          tickMargin={8}
          minTickGap={28}
          interval="equidistantPreserveStart"
        />
        <YAxis
          tickFormatter={shortCount}
          tick={{ fill: 'var(--ink-3)', fontSize: 11 }}
          tickLine={false}
          axisLine={false}
          allowDecimals={false}
          width={44}
          tickCount={5}
          niceTicks="snap125"
        />
        <Tooltip
          cursor={{ stroke: 'var(--line-strong)' }}
          isAnimationActive={false}
          content={({ active, payload }) => {
            const point: unknown = payload?.[0]?.payload
            return active && isPoint(point) ? (
              <PointCard point={point} grain={grain} compared={compared} clicksOnly={clicksOnly} />
            ) : null
          }}
        />
        {compared &&
          (['search', 'social'] as const).map((side) => (
            <Line
              key={`${side}Before`}
              dataKey={`${side}Before`}
              type="linear"
              stroke={`var(--${side})`}
              strokeOpacity={0.38}
              strokeWidth={1.25}
              {...dash(side)}
              dot={false}
              activeDot={false}
              isAnimationActive={false}
            />
          ))}
        {(['social', 'search'] as const).map((side) => (
          <Line
            key={side}
            dataKey={side}
            type="linear"
            stroke={`var(--${side})`}
            strokeWidth={2}
            {...dash(side)}
            dot={
              markers ? (props) => <Marker key={props.key} side={side} cx={props.cx} cy={props.cy} /> : false
            }
            activeDot={(props) => <Marker side={side} cx={props.cx} cy={props.cy} large />}
            isAnimationActive={false}
          />
        ))}
      </LineChart>
    </ResponsiveContainer>
  )
}

function dash(side: SideName) {
  const pattern = SIDE_DASH[side]
  return pattern === undefined ? {} : { strokeDasharray: pattern }
}

function isPoint(value: unknown): value is TrendPoint {
  return typeof value === 'object' && value !== null && 'searchBefore' in value
}

interface MarkerProps {
  side: SideName
  cx: number | undefined
  cy: number | undefined
  large?: boolean
}

function Marker({ side, cx, cy, large = false }: MarkerProps) {
  // Recharts gives no place to points that are unknown.
  if (typeof cx !== 'number' || typeof cy !== 'number') return <g />
  const size = large ? 5 : 3
  const paint = { fill: `var(--${side})`, stroke: 'var(--surface)', strokeWidth: large ? 2 : 1 }
  if (side === 'search') return <circle cx={cx} cy={cy} r={size} {...paint} />
  const reach = size * 1.35
  return (
    <path
      d={`M${cx} ${cy - reach}L${cx + reach} ${cy}L${cx} ${cy + reach}L${cx - reach} ${cy}Z`}
      {...paint}
    />
  )
}

function PointCard({
  point,
  grain,
  compared,
  clicksOnly,
}: {
  point: TrendPoint
  grain: Grain
  compared: boolean
  clicksOnly: boolean
}) {
  return (
    <div className="min-w-44 rounded-lg border border-line bg-raised px-3 py-2 text-xs shadow-float">
      <p className="mb-1.5 font-medium">{bucket(point.label, grain, 'full')}</p>
      {(['search', 'social'] as const).map((side) => {
        const before = side === 'search' ? point.searchBefore : point.socialBefore
        const now = point[side]
        return (
          <div key={side} className="flex items-center gap-2 py-0.5">
            <SideMark side={side} />
            <span className="text-ink-2">
              {SIDE_LABELS[side]}
              {side === 'social' && clicksOnly && ' clicks'}
            </span>
            <span className="ml-auto pl-3 font-semibold tabular-nums">
              {now === null ? 'no page data' : count(now)}
            </span>
            {compared && (
              <span className="w-14 text-right">
                <Change now={now} before={before} />
              </span>
            )}
          </div>
        )
      })}
    </div>
  )
}
