/** Sends a file and says how far it is. `fetch` does not report the progress of what it sends, so this is a request of
 * the older kind, with the same errors and the same key against doubles as every other. */
import type { Schemas } from '@/api/client';
import { Problem, problemOf } from '@/api/problem';

export type Import = Schemas['campaigns__imports__schemas__ImportOut'];

export function upload(
  campaignId: string,
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Import> {
  const form = new FormData();
  form.append('file', file);
  const request = new XMLHttpRequest();
  request.open('POST', `/api/campaigns/${encodeURIComponent(campaignId)}/imports`);
  request.setRequestHeader('idempotency-key', crypto.randomUUID());
  signal.addEventListener('abort', () => request.abort());
  request.upload.onprogress = (event) => {
    if (event.lengthComputable) onProgress(event.loaded / event.total);
  };
  return new Promise((resolve, reject) => {
    request.onload = () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText) as Import);
      else void problemOf(asResponse(request)).then(reject);
    };
    request.onerror = () =>
      reject(new Problem(0, 'offline', 'The file could not be sent. You may be offline.'));
    request.onabort = () => reject(new Problem(0, 'aborted', ''));
    request.send(form);
  });
}

const asResponse = (request: XMLHttpRequest) =>
  new Response(request.responseText, { status: request.status || 500 });
