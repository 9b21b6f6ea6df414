import { z } from 'zod'

// Zod would compile its schemas with `new Function`, and even its question whether it may is a reported violation of
// the page's content security policy. Every schema of the dashboard is made through here, so this comes first.
z.config({ jitless: true })

export { z }
