import { destination, type Logger, pino } from 'pino'
import type { LogLevel } from '../config.ts'

export type { Logger }

/** One JSON object a line on standard error. Nothing that is logged may hold a network address. */
export function createLogger(level: LogLevel, role: string): Logger {
  return pino(
    {
      level,
      base: { role, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination({ fd: 2, sync: true }),
  )
}
