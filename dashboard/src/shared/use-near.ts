import { useEffect, useRef, useState } from 'react'

/** How far below the screen something may be and still be worth fetching. */
const MARGIN = '400px 0px'

/** Whether an element is in sight or about to be. What is expensive to fetch waits for it. */
export function useNear<T extends Element>() {
  const ref = useRef<T>(null)
  const [near, setNear] = useState(false)
  useEffect(() => {
    const element = ref.current
    if (element === null) return
    const observer = new IntersectionObserver(
      (entries) => setNear(entries.some(({ isIntersecting }) => isIntersecting)),
      { rootMargin: MARGIN },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, near }
}
