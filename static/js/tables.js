// Tables.

// [data-check-all] in the head of a table chooses its rows; [data-checked] counts them.
function checkAll(box) {
  const root = box.closest('form') ?? document
  const rows = () => all('tbody [type=checkbox]', box.closest('table'))
  const count = () => {
    const chosen = rows().filter(row => row.checked).length
    box.checked = chosen > 0 && chosen === rows().length
    box.indeterminate = chosen > 0 && !box.checked
    for (const place of all('[data-checked]', root)) place.textContent = chosen
  }
  box.addEventListener('change', () => {
    for (const row of rows()) row.checked = box.checked
    count()
  })
  root.addEventListener('change', count)
  count()
}

all('[data-check-all]').forEach(checkAll)
