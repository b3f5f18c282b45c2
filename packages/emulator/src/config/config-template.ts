/** The name of the config file that is looked for in the working directory. */
export const CONFIG_FILE_NAME = 'mns-emulator.yaml';

/** A config file with comments, for `mns-emulator init`; `schema` is where editors find the schema. */
export function configTemplate(schema: string): string {
  return `# yaml-language-server: $schema=${schema}
#
# Config of mns-emulator. Flags and MNS_EMULATOR_… variables count before what stands here.

server:
  port: 9324 # 0 takes any free one
  host: 127.0.0.1 # anything else lets other machines in
  # cors: [http://localhost:3000] # web pages that may call the services
  tls: false # HTTPS, with a certificate made for it
  # tlsDir: .mns-emulator-tls

# Who may look into the emulator and operate it: its page, commands such as status, and /_emulator.
# admin:
#   enabled: false # nobody
#   token: at-least-16-characters # everybody who sends it, and nobody else
#   hosts: [emulator.test] # names under which it is reached

# Keeps the state over restarts. Without it, everything is in memory.
# dataDir: .mns-emulator-data

region: cn-beijing

# Replays ids, durations and lags. Without it, each start draws a fresh one.
# seed: '42'

# How kind the services are: kind, or cloud, as unkind as the live service was seen to be.
# profile: cloud
# profile: { base: cloud, repeatedEvents: 0.1, throttling: false } # false: as in kind

# The time in the emulator. Requests are dated: clients whose clock is more than 15 minutes off are refused.
clock:
  mode: real # offset can be advanced while it goes on, frozen stands still until it is advanced
  # offsetMs: 60000 # with mode offset: ahead of the machine's time
  # time: '2030-01-01T00:00:00Z' # with mode offset or frozen: what it begins at

# The first account is that of requests whose host names none; ids stand in quotes.
accounts:
  - accountId: '1000000000000001'
    accessKeys:
      - accessKeyId: emuKey
        accessKeySecret: emuSecret
      # - accessKeyId: oldKey
      #   accessKeySecret: oldSecret
      #   inactive: true

queues:
  - name: imm-events
    visibilityTimeoutSeconds: 30 # 1–43200
    # delaySeconds: 0 # 0–604800
    # maximumMessageBytes: 65536 # 1024–65536
    # messageRetentionSeconds: 345600 # 60–604800
    # pollingWaitSeconds: 0 # 0–30
    # accountId: '1000000000000001'
    # region: cn-hangzhou

topics:
  - name: imm-events
    subscriptions:
      - name: to-queue
        queue: imm-events
        notifyContentFormat: JSON # or XML, SIMPLIFIED
        # filterTag: important
      # - name: to-web-server
      #   endpoint: http://127.0.0.1:8080/notifications

projects:
  - name: demo
    # apiVersions: ['2017-09-06']

# What tasks do.
tasks:
  # durationMs: 2000 # or by chance:
  # durationMs: { kind: lognormal, medianMs: 4000, sigma: 0.5, mostMs: 60000 }
  # durationMsByType: { GrabFrameTask: 500 }
  # pageCount: 12
  rules: # the first that fits a source counts
    - sourceUri: oss://bucket/broken/
      fail: { code: ConvertTimeout }
    # - sourcePattern: '\\.pptx$'
    #   durationMs: 30000
    # - sourceUri: oss://bucket/stuck/
    #   hold: true
  events: # what happens to their events on the way
    duplicateProbability: 0
    lossProbability: 0
    # publishLagMs: { kind: uniform, leastMs: 150, mostMs: 350 }
    # delayProbability: 0.1
    # extraDelayMs: 5000
    # reorderProbability: 0.1

# What IMM answers where it has no task: detection, tokens of WebOffice, datasets. More can be said while it runs.
# imm:
#   replies:
#     '2020-09-30':
#       DetectImageFaces:
#         reply: { Faces: [{ Age: 30, Gender: female }] }
#       GenerateWebofficeToken:
#         refuse: { code: NoPermission } # status and message as the code has them
#       CreateProject:
#         refuse: { status: 400, code: LimitExceededError, message: 'Message: resource count exceeds the limit' }
#         overrides: true # it is emulated, and does nothing then

# What goes wrong on purpose; more can be added while it runs.
# faults:
#   - kind: early-visibility # somebody else gets the message while it is held
#     earlyMs: 10000
#     probability: 0.05
#   - kind: reset-after-effect # done, but the answer is lost
#     match: { operation: BatchDeleteMessage }
#     skip: 2
#     times: 1
#     name: lost-delete
#     afterMs: 60000
#     forMs: 600000

# limits:
#   maxLongPolls: 500 # at once, in each account and region

# In what MNS differs from its usual self.
# mns:
#   strictQueryNames: true
#   oldMessageIds: true
#   shuffle: true
#   stripes: 3

# Topics push to this machine only, unless told otherwise.
# push:
#   hosts: [web.test]
`;
}
