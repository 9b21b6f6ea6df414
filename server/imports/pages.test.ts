import { describe, expect, test } from 'vitest'
import { pageKind } from './pages.ts'

describe('pageKind', () => {
  test.each([
    '/',
    '/blog/post.html',
    '/index.php?id=3',
    '/shop/model-3.5',
    '/files/logstash/',
    '/app.css/',
    '/a?file=x.png',
    '/news/feedback',
    '/?feed=me',
    '/wiki/50%25',
    '/view.php?x=/feed/atom',
  ])('%s is a page', (target) => {
    expect(pageKind(target)).toBe('page')
  })

  test.each([
    '/favicon.ico',
    '/robots.txt',
    '/sitemap.xml',
    '/images/A.PNG',
    '/style.css?v=4',
    '/get/manual.pdf',
    '/.well-known/security',
    '/wp-admin/admin-ajax.php?action=x',
    '/.png',
  ])('%s is an asset', (target) => {
    expect(pageKind(target)).toBe('asset')
  })

  test.each([
    '/?flav=rss20',
    '/blog/tags/x?page=2&FLAV=Atom',
    '/feed/',
    '/blog/feed',
    '/feed/rss2/',
    '/blog/index.xml',
    '/a.rss',
  ])('%s is a feed', (target) => {
    expect(pageKind(target)).toBe('feed')
  })
})
