import '../shared/base.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { makeQueryClient } from '../shared/api/query-client.ts'
import { HintProvider } from '../shared/ui/hint.tsx'
import { ToastProvider } from '../shared/ui/toast.tsx'
import { router } from './router.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={makeQueryClient()}>
      <HintProvider>
        <ToastProvider>
          <RouterProvider router={router} />
        </ToastProvider>
      </HintProvider>
    </QueryClientProvider>
  </StrictMode>,
)
