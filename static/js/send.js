// Every page works without these files; each improves one thing and stands alone. A template asks for an improvement
// with a data attribute. Texts come from the server in the reader's language: no sentence is written here.
// core/assets.py joins the files in its order, inside one function: what stands here serves all that follow.

const all = (selector, root = document) => [...root.querySelectorAll(selector)]
const token = () => document.querySelector('meta[name=csrf-token]')?.content ?? ''

// One way to send: same origin, with the token. A redirect means the session has ended, so it counts as a failure.
async function send(url, body) {
  const answer = await fetch(url, {
    method: 'POST', body, credentials: 'same-origin', redirect: 'error', keepalive: size(body) < 60000,
    headers: {'X-CSRFToken': body.get('csrf_token') || token()},
  })
  if (!answer.ok) throw new Error(answer.status)
  return answer.text()
}

// Browsers refuse `keepalive` (a request that outlives its page) for bodies from 64 kB on.
function size(body) {
  return [...body].reduce((sum, [name, value]) => sum + 3 * (name.length + value.length) + 200, 0)
}

// What a form says now, without the token and without files, which are sent only by the person.
function fields(form) {
  return [...new FormData(form)].filter(([name, value]) => name !== 'csrf_token' && typeof value === 'string')
}

// What the person wrote: hidden fields differ from page to page and say nothing about the text.
function written(form) {
  return JSON.stringify(fields(form).filter(([name]) => form.elements[name]?.type !== 'hidden'))
}

function formData(form) {
  const body = new FormData()
  body.set('csrf_token', form.elements.csrf_token?.value ?? token())
  for (const [name, value] of fields(form)) body.append(name, value)
  return body
}
