namespace UsageCapture.Tests.Recognition;

/// <summary>The calls of <see cref="ApiTableTests"/>: each API of the README's table at a known host, behind a gateway, and at an unknown path.</summary>
internal static class ApiCalls
{
    public const string KnownHost = "known host"; // The provider's own. The server's, for llama.cpp, which people run themselves.
    public const string Gateway = "gateway"; // An unknown host, with the API's path after a prefix.
    public const string UnknownPath = "unknown path";

    private const string Ask = "https://gateway.example/ask";
    public const string NoRecord = "no record";

    private const string ChatRequest = """{"model":"m","messages":[{"role":"user","content":"Hi"}]}""";
    private const string PromptRequest = """{"model":"m","prompt":"Hi"}""";
    private const string InputRequest = """{"model":"m","input":"Hi"}""";
    private const string RerankRequest = """{"model":"m","query":"a","documents":["b"]}""";
    private const string FileRequest = """{"model":"m","file":"f"}""";
    private const string RunRequest = """{"model":"m","assistant_id":"a"}""";
    private const string GeminiRequest = """{"contents":[{"parts":[{"text":"Hi"}]}]}""";
    private const string LlamaRequest = """{"prompt":"Hi"}"""; // Names no model.
    private const string TgiRequest = """{"inputs":"Hi"}"""; // Names no model.
    private const string DecisionRequest = """{"model":"m","input":"Hi","questions":[]}""";
    private const string SystemOneRequest = """{"model":"m","state":"Hi","questions":{}}""";
    private const string GraderRequest = """{"grader":{"type":"score_model","model":"m"},"model_sample":"Hi"}""";
    private const string CompleteRequest = """{"model":"m","prompt":"Hi","max_tokens_to_sample":5}""";

    private const string OpenAIUsage = """{"prompt_tokens":9,"completion_tokens":4,"total_tokens":13}""";
    private const string NewUsage = """{"input_tokens":9,"output_tokens":4,"total_tokens":13}""";
    private const string Chat = $$"""{"id":"c","object":"chat.completion","model":"m","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}],"usage":{{OpenAIUsage}}}""";
    private const string ChatStream = $$"""
        data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}

        data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[],"usage":{{OpenAIUsage}}}

        data: [DONE]


        """;

    private const string Completion = $$"""{"id":"c","object":"text_completion","model":"m","choices":[{"index":0,"text":"Hi","finish_reason":"stop"}],"usage":{{OpenAIUsage}}}""";
    private const string Response = $$"""{"id":"r","object":"response","model":"m","status":"completed","output":[],"usage":{{NewUsage}}}""";
    private const string Compaction = $$"""{"id":"r","object":"response.compaction","output":[],"usage":{{NewUsage}}}""";
    private const string Embeddings = """{"object":"list","model":"m","data":[{"embedding":[0.1]}],"usage":{"prompt_tokens":9,"total_tokens":9}}""";
    private const string Rerank = """{"model":"m","results":[{"index":0,"relevance_score":0.5}],"usage":{"prompt_tokens":9,"total_tokens":9}}""";
    private const string Image = """{"data":[{"b64_json":"aGk="}],"usage":{"input_tokens":9,"input_tokens_details":{"text_tokens":9},"output_tokens":4,"total_tokens":13}}""";
    private const string Transcription = $$"""{"text":"Hi","usage":{{NewUsage}}}""";
    private const string TranscriptionStream = $$"""
        data: {"type":"transcript.text.done","text":"Hi","usage":{{NewUsage}}}


        """;

    private const string Run = $$"""{"id":"r","object":"thread.run","model":"m","status":"completed","usage":{{OpenAIUsage}}}""";
    private const string Decision = $$"""{"model":"m","answers":[{"type":"predicate","probability":0.9}],"usage":{{NewUsage}}}""";
    private const string SystemOne = """{"model":"m","answers":{"a":{"type":"noul","noul":0.9}},"usage":{"input_tokens":9,"output_tokens":4}}""";
    private const string Grade = $$$"""{"reward":1,"metadata":{"token_usage":{{{OpenAIUsage}}}},"model_grader_token_usage_per_model":{"m":{{{OpenAIUsage}}}}}""";
    private const string Message = """{"id":"m","type":"message","role":"assistant","model":"m","stop_reason":"end_turn","content":[],"usage":{"input_tokens":9,"output_tokens":4}}""";
    private const string Complete = """{"type":"completion","id":"c","completion":"Hi","stop_reason":"stop_sequence","model":"m"}""";
    private const string Gemini = """{"candidates":[{"content":{},"finishReason":"STOP"}],"modelVersion":"m","usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":4,"totalTokenCount":13}}""";
    private const string Converse = """{"output":{},"stopReason":"end_turn","usage":{"inputTokens":9,"outputTokens":4,"totalTokens":13}}""";
    private const string ConverseStream = """
        data: {"messageStop":{"stopReason":"end_turn"}}

        data: {"metadata":{"usage":{"inputTokens":9,"outputTokens":4,"totalTokens":13}}}


        """;

    private const string Llama3 = """{"generation":"Hi","prompt_token_count":9,"generation_token_count":4,"stop_reason":"stop"}""";
    private const string Ollama = """{"model":"m","created_at":"x","message":{"content":"Hi"},"done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":4}""";
    private const string OllamaEmbeddings = """{"model":"m","embeddings":[[0.1]],"prompt_eval_count":9}""";
    private const string Cohere = """{"id":"c","finish_reason":"COMPLETE","message":{},"usage":{"billed_units":{"input_tokens":9,"output_tokens":4}}}""";
    private const string DashScope = $$"""{"request_id":"r","output":{"text":"Hi","finish_reason":"stop"},"usage":{{NewUsage}}}""";
    private const string Conversation = $$"""{"object":"conversation.response","conversation_id":"c","outputs":[],"usage":{{OpenAIUsage}}}""";
    private const string Watsonx = """{"model_id":"m","results":[{"generated_text":"Hi","generated_token_count":4,"input_token_count":9,"stop_reason":"eos_token"}]}""";
    private const string Reka = """{"id":"r","model":"m","responses":[{"finish_reason":"stop","message":{"content":"Hi"}}],"usage":{"input_tokens":9,"output_tokens":4}}""";
    private const string Oracle = """{"modelId":"m","chatResponse":{"apiFormat":"GENERIC","choices":[{"index":0,"finishReason":"stop"}],"usage":{"promptTokens":9,"completionTokens":4,"totalTokens":13}}}""";
    private const string Sap = $$"""{"request_id":"r","final_result":{{Chat}}}""";
    private const string LlamaCpp = """{"index":0,"content":"Hi","stop":true,"model":"m","tokens_predicted":4,"tokens_evaluated":9,"stop_type":"eos"}""";
    private const string Tgi = """{"generated_text":"Hi","details":{"finish_reason":"length","generated_tokens":4,"prefill":[]}}""";
    private const string TgiList = $"[{Tgi}]"; // The root path answers so.
    private const string TgiStream = """
        data: {"index":1,"token":{"id":1,"text":"Hi","logprob":-0.5,"special":false},"generated_text":"Hi","details":{"finish_reason":"length","generated_tokens":4,"input_length":9}}


        """;

    private const string WorkersAI = $$"""{"result":{"response":"Hi","usage":{{OpenAIUsage}}},"success":true,"errors":[],"messages":[]}""";
    private const string WorkersAIStream = $$"""
        data: {"response":"Hi"}

        data: {"response":"","usage":{{OpenAIUsage}}}

        data: [DONE]


        """;

    /// <summary>
    /// The API as the README calls it, where it is, the address, the request, the response, and the record: protocol, provider, input and
    /// output tokens. A dash is an unknown count.
    /// </summary>
    public static TheoryData<string, string, string, string, string, string> All { get; } = new()
    {
        { "OpenAI Chat Completions", KnownHost, "https://api.openai.com/v1/chat/completions", ChatRequest, Chat, "openai-chat openai 9 4" },
        { "OpenAI Chat Completions", KnownHost, "https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21", ChatRequest, Chat, "openai-chat azure.ai.openai 9 4" },
        { "OpenAI Chat Completions", KnownHost, "https://api.groq.com/openai/v1/chat/completions", """{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}""", ChatStream, "openai-chat groq 9 4" },
        { "OpenAI Chat Completions", Gateway, "https://gateway.example/team/v1/chat/completions", ChatRequest, Chat, "openai-chat openai 9 4" },
        { "OpenAI Chat Completions", Gateway, "https://gateway.example/openai/deployments/d/chat/completions", ChatRequest, Chat, "openai-chat azure.ai.openai 9 4" },
        { "OpenAI Chat Completions", Gateway, "https://gateway.ai.cloudflare.com/v1/a/g/openai/chat/completions", ChatRequest, Chat, "openai-chat openai 9 4" },
        { "OpenAI Chat Completions", Gateway, "http://localhost:11434/v1/chat/completions", ChatRequest, Chat, "openai-chat openai 9 4" },
        { "OpenAI Chat Completions", UnknownPath, Ask, "{}", Chat, "openai-chat openai 9 4" },
        { "OpenAI Chat Completions", UnknownPath, Ask, "{}", ChatStream, "openai-chat openai 9 4" },
        { "Legacy completions", KnownHost, "https://api.openai.com/v1/completions", PromptRequest, Completion, "openai-completions openai 9 4" },
        { "Legacy completions", Gateway, "https://gateway.example/team/v1/completions", PromptRequest, Completion, "openai-completions openai 9 4" },
        { "Legacy completions", UnknownPath, Ask, "{}", Completion, "openai-completions openai 9 4" },
        { "OpenAI Responses", KnownHost, "https://api.openai.com/v1/responses", InputRequest, Response, "openai-responses openai 9 4" },
        { "OpenAI Responses", KnownHost, "https://api.openai.com/v1/responses/compact", InputRequest, Compaction, "openai-responses openai 9 4" },
        { "OpenAI Responses", Gateway, "https://gateway.example/team/v1/responses", InputRequest, Response, "openai-responses openai 9 4" },
        { "OpenAI Responses", UnknownPath, Ask, "{}", Response, "openai-responses openai 9 4" },
        { "Embeddings", KnownHost, "https://api.openai.com/v1/embeddings", InputRequest, Embeddings, "openai-embeddings openai 9 -" },
        { "Embeddings", KnownHost, "https://api.jina.ai/v1/rerank", RerankRequest, Rerank, "rerank jina_ai 9 -" },
        { "Embeddings", Gateway, "https://gateway.example/team/v1/embeddings", InputRequest, Embeddings, "openai-embeddings openai 9 -" },
        { "Embeddings", Gateway, "https://gateway.example/team/v1/rerank", RerankRequest, Rerank, "rerank jina_ai 9 -" },
        { "Embeddings", UnknownPath, Ask, "{}", Embeddings, "openai-embeddings openai 9 -" },
        { "Embeddings", UnknownPath, Ask, "{}", Rerank, "rerank jina_ai 9 -" },
        { "Images", KnownHost, "https://api.openai.com/v1/images/generations", PromptRequest, Image, "openai-images openai 9 4" },
        { "Images", KnownHost, "https://api.openai.com/v1/images/edits", PromptRequest, Image, "openai-images openai 9 4" },
        { "Images", Gateway, "https://gateway.example/team/v1/images/generations", PromptRequest, Image, "openai-images openai 9 4" },
        { "Images", UnknownPath, Ask, "{}", Image, "openai-images openai 9 4" },
        { "Audio", KnownHost, "https://api.openai.com/v1/audio/transcriptions", FileRequest, Transcription, "openai-audio openai 9 4" },
        { "Audio", KnownHost, "https://api.openai.com/v1/audio/translations", FileRequest, Transcription, "openai-audio openai 9 4" },
        { "Audio", KnownHost, "https://api.openai.com/v1/audio/speech", InputRequest, TranscriptionStream, "openai-audio openai 9 4" },
        { "Audio", Gateway, "https://gateway.example/team/v1/audio/transcriptions", FileRequest, Transcription, "openai-audio openai 9 4" },
        { "Audio", UnknownPath, Ask, "{}", TranscriptionStream, "openai-audio openai 9 4" },
        { "Audio", UnknownPath, Ask, "{}", Transcription, NoRecord }, // A text and a usage object may be of any API.
        { "Assistants' runs", KnownHost, "https://api.openai.com/v1/threads/t/runs", RunRequest, Run, "openai-runs openai 9 4" },
        { "Assistants' runs", Gateway, "https://gateway.example/team/v1/threads/t/runs", RunRequest, Run, "openai-runs openai 9 4" },
        { "Assistants' runs", UnknownPath, Ask, "{}", Run, "openai-runs openai 9 4" },
        { "OpenAI Decisions", KnownHost, "https://api.openai.com/v1/decisions", DecisionRequest, Decision, "openai-decisions openai 9 4" },
        { "OpenAI Decisions", KnownHost, "https://api.typesafe.ai/v1/systemone", SystemOneRequest, SystemOne, "system-one typesafe 9 4" },
        { "OpenAI Decisions", KnownHost, "https://ollama.com/v1/systemone", SystemOneRequest, SystemOne, "system-one ollama 9 4" },
        { "OpenAI Decisions", Gateway, "https://gateway.example/team/v1/decisions", DecisionRequest, Decision, "openai-decisions openai 9 4" },
        { "OpenAI Decisions", Gateway, "https://gateway.example/api/v1/decisions", SystemOneRequest, SystemOne, "openai-decisions openai 9 4" },
        { "OpenAI Decisions", Gateway, "http://localhost:11434/v1/systemone", SystemOneRequest, SystemOne, "system-one typesafe 9 4" },
        { "OpenAI Decisions", UnknownPath, Ask, "{}", Decision, "openai-decisions openai 9 4" },
        { "OpenAI Decisions", UnknownPath, Ask, "{}", SystemOne, "system-one typesafe 9 4" },
        { "OpenAI graders", KnownHost, "https://api.openai.com/v1/fine_tuning/alpha/graders/run", GraderRequest, Grade, "openai-graders openai 9 4" },
        { "OpenAI graders", Gateway, "https://gateway.example/team/v1/fine_tuning/alpha/graders/run", GraderRequest, Grade, "openai-graders openai 9 4" },
        { "OpenAI graders", UnknownPath, Ask, "{}", Grade, "openai-graders openai 9 4" },
        { "Anthropic Messages", KnownHost, "https://api.anthropic.com/v1/messages", ChatRequest, Message, "anthropic-messages anthropic 9 4" },
        { "Anthropic Messages", KnownHost, "https://europe-west1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/claude:rawPredict", ChatRequest, Message, "anthropic-messages gcp.vertex_ai 9 4" },
        { "Anthropic Messages", KnownHost, "https://europe-west1-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/claude:streamRawPredict", ChatRequest, Message, "anthropic-messages gcp.vertex_ai 9 4" },
        { "Anthropic Messages", Gateway, "https://gateway.example/team/v1/messages", ChatRequest, Message, "anthropic-messages anthropic 9 4" },
        { "Anthropic Messages", UnknownPath, Ask, "{}", Message, "anthropic-messages anthropic 9 4" },
        { "Anthropic Text Completions", KnownHost, "https://api.anthropic.com/v1/complete", CompleteRequest, Complete, "anthropic-complete anthropic - -" },
        { "Anthropic Text Completions", Gateway, "https://gateway.example/team/v1/complete", CompleteRequest, Complete, "anthropic-complete anthropic - -" },
        { "Anthropic Text Completions", UnknownPath, Ask, "{}", Complete, "anthropic-complete anthropic - -" },
        { "Gemini and Vertex AI", KnownHost, "https://generativelanguage.googleapis.com/v1beta/models/g:generateContent", GeminiRequest, Gemini, "gemini-generate gcp.gemini 9 4" },
        { "Gemini and Vertex AI", KnownHost, "https://generativelanguage.googleapis.com/v1beta/models/g:streamGenerateContent", GeminiRequest, $"[{Gemini}]", "gemini-generate gcp.gemini 9 4" },
        { "Gemini and Vertex AI", KnownHost, "https://generativelanguage.googleapis.com/v1beta/models/g:embedContent", GeminiRequest, """{"embedding":{},"usageMetadata":{"promptTokenCount":9}}""", "gemini-embeddings gcp.gemini 9 -" },
        { "Gemini and Vertex AI", KnownHost, "https://generativelanguage.googleapis.com/v1beta/interactions", InputRequest, """{"object":"interaction","status":"completed","usage":{"total_input_tokens":9,"total_output_tokens":4}}""", "gemini-interactions gcp.gemini 9 4" },
        { "Gemini and Vertex AI", Gateway, "https://gateway.example/team/models/g:generateContent", GeminiRequest, Gemini, "gemini-generate gcp.gemini 9 4" },
        { "Gemini and Vertex AI", UnknownPath, Ask, "{}", Gemini, "gemini-generate gcp.gemini 9 4" },
        { "Gemini and Vertex AI", UnknownPath, Ask, "{}", """{"embedding":{},"usageMetadata":{"promptTokenCount":9}}""", NoRecord },
        { "Bedrock `/converse`", KnownHost, "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse", ChatRequest, Converse, "bedrock-converse aws.bedrock 9 4" },
        { "Bedrock `/converse`", Gateway, "https://gateway.example/team/model/m/converse", ChatRequest, Converse, "bedrock-converse aws.bedrock 9 4" },
        { "Bedrock `/converse`", Gateway, "https://gateway.example/team/model/m/converse-stream", ChatRequest, ConverseStream, "bedrock-converse aws.bedrock 9 4" },
        { "Bedrock `/converse`", UnknownPath, Ask, "{}", Converse, "bedrock-converse aws.bedrock 9 4" },
        { "Bedrock `/converse`", UnknownPath, Ask, "{}", ConverseStream, NoRecord }, // Gateways have events of their own.
        { "Bedrock `/invoke`", KnownHost, "https://bedrock-runtime.us-east-1.amazonaws.com/model/meta.llama/invoke", PromptRequest, Llama3, "bedrock-invoke aws.bedrock 9 4" },
        { "Bedrock `/invoke`", KnownHost, "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude/invoke", ChatRequest, Message, "bedrock-invoke aws.bedrock 9 4" },
        { "Bedrock `/invoke`", Gateway, "https://gateway.example/team/model/meta.llama/invoke-with-response-stream", PromptRequest, Llama3, "bedrock-invoke aws.bedrock 9 4" },
        { "Bedrock `/invoke`", UnknownPath, Ask, "{}", Llama3, NoRecord }, // The formats are those of the models' companies.
        { "Ollama", KnownHost, "https://ollama.com/api/chat", ChatRequest, Ollama, "ollama ollama 9 4" },
        { "Ollama", Gateway, "https://gateway.example/ollama/api/chat", ChatRequest, Ollama, "ollama ollama 9 4" },
        { "Ollama", Gateway, "http://localhost:11434/api/generate", PromptRequest, Ollama, "ollama ollama 9 4" },
        { "Ollama", Gateway, "http://localhost:11434/api/embed", InputRequest, OllamaEmbeddings, "ollama ollama 9 -" },
        { "Ollama", UnknownPath, Ask, "{}", Ollama, "ollama ollama 9 4" },
        { "Ollama", UnknownPath, Ask, "{}", OllamaEmbeddings, "ollama ollama 9 -" },
        { "Cohere v1 and v2", KnownHost, "https://api.cohere.com/v2/chat", ChatRequest, Cohere, "cohere cohere 9 4" },
        { "Cohere v1 and v2", KnownHost, "https://api.cohere.com/v1/generate", PromptRequest, """{"id":"c","generations":[{"finish_reason":"COMPLETE"}],"meta":{"billed_units":{"input_tokens":9,"output_tokens":4}}}""", "cohere cohere 9 4" },
        { "Cohere v1 and v2", Gateway, "https://gateway.example/cohere/v2/chat", ChatRequest, Cohere, "cohere cohere 9 4" },
        { "Cohere v1 and v2", Gateway, "https://gateway.example/v2/chat", ChatRequest, Cohere, "cohere cohere 9 4" }, // By its response.
        { "Cohere v1 and v2", UnknownPath, Ask, "{}", Cohere, "cohere cohere 9 4" },
        { "DashScope", KnownHost, "https://dashscope.aliyuncs.com/api/v1/services/aigc/text-generation/generation", """{"model":"m","input":{"prompt":"Hi"}}""", DashScope, "dashscope dashscope 9 4" },
        { "DashScope", Gateway, "https://gateway.example/team/services/aigc/text-generation/generation", """{"model":"m","input":{"prompt":"Hi"}}""", DashScope, "dashscope dashscope 9 4" },
        { "DashScope", UnknownPath, Ask, "{}", DashScope, NoRecord }, // None of its members is its own.
        { "Mistral", KnownHost, "https://api.mistral.ai/v1/conversations", """{"model":"m","inputs":"Hi"}""", Conversation, "mistral-conversations mistral_ai 9 4" },
        { "Mistral", KnownHost, "https://api.mistral.ai/v1/agents/completions", """{"agent_id":"a","messages":[]}""", Chat, "openai-chat mistral_ai 9 4" },
        { "Mistral", Gateway, "https://gateway.example/team/v1/conversations", """{"model":"m","inputs":"Hi"}""", Conversation, "mistral-conversations mistral_ai 9 4" }, // By its response.
        { "Mistral", UnknownPath, Ask, "{}", Conversation, "mistral-conversations mistral_ai 9 4" },
        { "watsonx", KnownHost, "https://us-south.ml.cloud.ibm.com/ml/v1/text/generation?version=2024-05-31", """{"model_id":"m","input":"Hi"}""", Watsonx, "watsonx-generation ibm.watsonx.ai 9 4" },
        { "watsonx", Gateway, "https://gateway.example/team/ml/v1/text/generation_stream", """{"model_id":"m","input":"Hi"}""", $"data: {Watsonx}\n\n", "watsonx-generation ibm.watsonx.ai 9 4" },
        { "watsonx", UnknownPath, Ask, "{}", Watsonx, "watsonx-generation ibm.watsonx.ai 9 4" },
        { "Reka", KnownHost, "https://api.reka.ai/v1/chat", ChatRequest, Reka, "reka-chat reka 9 4" },
        { "Reka", Gateway, "https://gateway.example/team/v1/chat", ChatRequest, Reka, "reka-chat reka 9 4" }, // By its response.
        { "Reka", UnknownPath, Ask, "{}", Reka, "reka-chat reka 9 4" },
        { "Oracle OCI", KnownHost, "https://inference.generativeai.us-chicago-1.oci.oraclecloud.com/20231130/actions/chat", "{}", Oracle, "oci-generative-ai oracle 9 4" },
        { "Oracle OCI", KnownHost, "https://inference.generativeai.us-chicago-1.oci.oraclecloud.com/20231130/actions/embedText", "{}", """{"modelId":"m","usage":{"promptTokens":9,"totalTokens":9}}""", "oci-generative-ai oracle 9 -" },
        { "Oracle OCI", Gateway, "https://gateway.example/team/actions/chat", "{}", Oracle, "oci-generative-ai oracle 9 4" }, // By its response.
        { "Oracle OCI", UnknownPath, Ask, "{}", Oracle, "oci-generative-ai oracle 9 4" },
        { "SAP AI Core", KnownHost, "https://api.ai.prod.eu-central-1.aws.ml.hana.ondemand.com/v2/inference/deployments/d/v2/completion", "{}", Sap, "sap-orchestration sap 9 4" },
        { "SAP AI Core", Gateway, "https://gateway.example/team/v2/completion", "{}", Sap, "sap-orchestration sap 9 4" }, // By its response.
        { "SAP AI Core", UnknownPath, Ask, "{}", Sap, "sap-orchestration sap 9 4" },
        { "llama.cpp's own API", KnownHost, "http://localhost:8080/completion", LlamaRequest, LlamaCpp, "llama-cpp-completion llama_cpp 9 4" }, // By its response.
        { "llama.cpp's own API", KnownHost, "http://localhost:8080/infill", """{"input_prefix":"a","input_suffix":"b"}""", LlamaCpp, "llama-cpp-completion llama_cpp 9 4" },
        { "llama.cpp's own API", Gateway, "https://gateway.example/team/completion", PromptRequest, LlamaCpp, "llama-cpp-completion llama_cpp 9 4" },
        { "llama.cpp's own API", UnknownPath, Ask, "{}", LlamaCpp, "llama-cpp-completion llama_cpp 9 4" },
        { "Text Generation Inference", KnownHost, "https://x.us-east-1.aws.endpoints.huggingface.cloud/generate", TgiRequest, Tgi, "tgi-generate hugging_face - 4" },
        { "Text Generation Inference", KnownHost, "https://x.us-east-1.aws.endpoints.huggingface.cloud/generate_stream", TgiRequest, TgiStream, "tgi-generate hugging_face 9 4" },
        { "Text Generation Inference", Gateway, "http://localhost:8080/generate", TgiRequest, Tgi, "tgi-generate hugging_face - 4" }, // By its response.
        { "Text Generation Inference", Gateway, "http://localhost:8080/", TgiRequest, TgiList, "tgi-generate hugging_face - 4" }, // By its response.
        { "Text Generation Inference", Gateway, "https://gateway.example/team/generate_stream", TgiRequest, TgiStream, "tgi-generate hugging_face 9 4" },
        { "Text Generation Inference", UnknownPath, Ask, "{}", Tgi, "tgi-generate hugging_face - 4" },
        { "Text Generation Inference", UnknownPath, Ask, "{}", TgiStream, "tgi-generate hugging_face 9 4" },
        { "Cloudflare Workers AI", KnownHost, "https://api.cloudflare.com/client/v4/accounts/a/ai/run/@cf/meta/llama", """{"prompt":"Hi"}""", WorkersAI, "workers-ai cloudflare 9 4" },
        { "Cloudflare Workers AI", KnownHost, "https://api.cloudflare.com/client/v4/accounts/a/ai/run/%40cf/meta/llama", """{"prompt":"Hi","stream":true}""", WorkersAIStream, "workers-ai cloudflare 9 4" },
        { "Cloudflare Workers AI", Gateway, "https://gateway.ai.cloudflare.com/v1/a/g/workers-ai/@cf/meta/llama", """{"prompt":"Hi"}""", WorkersAI, "workers-ai cloudflare 9 4" },
        { "Cloudflare Workers AI", Gateway, "https://gateway.example/team/ai/run/@cf/meta/llama", """{"prompt":"Hi"}""", WorkersAIStream, "workers-ai cloudflare 9 4" },
        { "Cloudflare Workers AI", UnknownPath, Ask, "{}", WorkersAI, "workers-ai cloudflare 9 4" },
        { "Cloudflare Workers AI", UnknownPath, Ask, "{}", WorkersAIStream, NoRecord }, // A text and a usage object may be of any API.
    };
}
