import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { Button, buttonClass } from '../shared/ui/button.tsx'
import { Empty } from '../shared/ui/states.tsx'

export function NotFound() {
  return (
    <Empty
      title="No such page"
      actions={
        <>
          <Link to="/" className={buttonClass('primary')}>
            Compare search and social
          </Link>
          <Link to="/links" className={buttonClass()}>
            See the links
          </Link>
        </>
      }
    >
      The trail ends here: there is nothing at {location.pathname}.
    </Empty>
  )
}

/** A page that broke, or whose code could not be fetched (a new version was installed meanwhile). */
export function Broken({ error }: ErrorComponentProps) {
  return (
    <Empty
      title="This page broke"
      actions={
        <Button look="primary" onClick={() => location.reload()}>
          Load it again
        </Button>
      }
    >
      <span className="wrap-anywhere">{error instanceof Error ? error.message : String(error)}</span>
    </Empty>
  )
}
