-- Sends the requests of a file in a random order: one a line, method, path, token and body, with tabs between; token
-- and body may be empty. The file is named by BENCH_REQUESTS, the random seed by BENCH_SEED. `@@@@@@@@@@@@` in a body
-- becomes a text of the same length that no other request carries, so that a unique value stays unique.
local MARK = '@@@@@@@@@@@@'
local seed = tonumber(os.getenv('BENCH_SEED') or '1')
local requests = {}
local sent = 0

local function request_of(line)
  local method, path, token, body = line:match('^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$')
  local headers = { ['Accept'] = 'application/json' }
  if token ~= '' then headers['Authorization'] = 'Bearer ' .. token end
  if body ~= '' then headers['Content-Type'] = 'application/json' end
  return wrk.format(method, path, headers, body ~= '' and body or nil)
end

function init()
  math.randomseed(seed)
  for line in io.lines(os.getenv('BENCH_REQUESTS')) do requests[#requests + 1] = request_of(line) end
end

function request()
  local text = requests[math.random(#requests)]
  local at = text:find(MARK, 1, true)
  if not at then return text end
  sent = sent + 1
  return text:sub(1, at - 1) .. string.format('%05d-%06d', seed % 100000, sent) .. text:sub(at + #MARK)
end
