import { DropdownMenu } from 'radix-ui'
import type { ReactNode } from 'react'
import { cx } from './cx.ts'

export interface MenuItem {
  label: string
  icon?: ReactNode
  onSelect: () => void
  danger?: boolean
}

/** A menu of actions behind a button. Groups are set apart by a line. */
export function Menu({ trigger, groups }: { trigger: ReactNode; groups: MenuItem[][] }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align="end"
          sideOffset={4}
          collisionPadding={12}
          className="enter z-50 min-w-44 rounded-lg border border-line bg-raised p-1 shadow-float"
        >
          {groups.map((items, index) => (
            <DropdownMenu.Group key={items[0]?.label ?? index}>
              {index > 0 && <DropdownMenu.Separator className="my-1 h-px bg-line" />}
              {items.map((item) => (
                <DropdownMenu.Item
                  key={item.label}
                  onSelect={item.onSelect}
                  className={cx(
                    'flex h-8 cursor-pointer items-center gap-2 rounded-md px-2 text-sm outline-none data-highlighted:bg-hover',
                    item.danger ? 'text-danger' : 'text-ink',
                  )}
                >
                  <span className="text-ink-3 [&>svg]:size-4">{item.icon}</span>
                  {item.label}
                </DropdownMenu.Item>
              ))}
            </DropdownMenu.Group>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
