"""What requests name of what providers keep; and what only looks so."""

from typing import Any

PUBLIC = "https://pictures.example/v1/cat.png"
FILE = "https://generativelanguage.googleapis.com/v1beta/files/theirs"


def openai_turn(*parts: Any, **more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": list(parts)}], **more}


def claude_turn(*blocks: Any, role: str = "user", **more: Any) -> dict[str, Any]:
    return {"model": "m", "max_tokens": 9, "messages": [{"role": role, "content": list(blocks)}], **more}


def gemini_turn(*parts: Any, **more: Any) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": list(parts)}], **more}


SAID = {"type": "text", "text": "hi"}
SOURCE = {"type": "file", "file_id": "file_theirs"}
OUTPUT = {"type": "code_execution_output", "file_id": "file_theirs"}
NAMED: dict[str, dict[str, Any]] = {
    "openai file": openai_turn({"type": "file", "file": {"file_id": "file-theirs"}}),
    "openai file of a copy": openai_turn({"type": "file", "file_id": "file-theirs"}),
    "openai file in a tool's result": {
        "model": "m",
        "messages": [
            {"role": "tool", "tool_call_id": "c", "content": [{"type": "file", "file": {"file_id": "file-theirs"}}]}
        ],
    },
    "openai sound": {"model": "m", "messages": [{"role": "assistant", "audio": {"id": "audio_theirs"}}]},
    "openai sound that goes in": openai_turn({"type": "input_audio", "input_audio": {"id": "audio_theirs", "format": "wav"}}),
    "anthropic document by another name": claude_turn({"type": "document", "source": {"type": "file", "id": "file_theirs"}}),
    "openai voice": openai_turn(SAID, audio={"voice": {"id": "voice_theirs"}, "format": "wav"}, modalities=["audio"]),
    "openai library": openai_turn(SAID, tools=[{"type": "document_library", "library_ids": ["theirs"]}]),
    "openai connector": openai_turn(SAID, tools=[{"type": "connector", "connector_id": "theirs"}]),
    "openai cache of Google's": openai_turn(SAID, extra_body={"google": {"cached_content": "cachedContents/theirs"}}),
    "openai picture by uuid": openai_turn({"type": "image_url", "image_url": None, "uuid": "theirs"}),
    "openai picture at a file server": openai_turn({"type": "image_url", "image_url": {"url": "ms://theirs"}}),
    "openai picture of Google's files": openai_turn({"type": "image_url", "image_url": {"url": FILE}}),
    "openai picture in a plain text": openai_turn({"type": "image_url", "image_url": "file:///etc/passwd"}),
    "openai index": openai_turn(SAID, data_sources=[{"type": "azure_search", "parameters": {"index_name": "theirs"}}]),
    "openai memory of a server": openai_turn(SAID, kv_transfer_params={"remote_block_ids": [1]}),
    "openai slot of a server": openai_turn(SAID, id_slot=3),
    "openai preset": openai_turn(SAID, preset="theirs"),
    "openai conversation": openai_turn(SAID, conversation="conv_theirs"),
    "openai prompt": openai_turn(SAID, prompt={"id": "pmpt_theirs"}),
    "openai store": openai_turn(SAID, tools=[{"type": "file_search", "vector_store_ids": ["theirs"]}]),
    "openai container": openai_turn(SAID, tools=[{"type": "code_interpreter", "container": {"file_ids": ["theirs"]}}]),
    "openai content that is no list": {
        "model": "m",
        "messages": [{"role": "user", "content": {"type": "file", "file": {"file_id": "theirs"}}}],
    },
    "openai unknown at the top": openai_turn(SAID, memory_store_id="theirs"),
    "openai unknown in a part": openai_turn({"type": "text", "text": "hi", "brand_new_id": "theirs"}),
    "openai unknown in an option": openai_turn(SAID, stream_options={"agent_id": "theirs"}),
    "openai unknown in a list": openai_turn(SAID, memories=[{"inside": [{"ids": ["theirs"]}]}]),
    "openai other letters": openai_turn({"type": "file", "file": {"File_ID": "file-theirs"}}),
    "openai number": openai_turn({"type": "file", "file": {"file_id": 17}}),
    "openai film in pictures": openai_turn({"type": "video", "video": [PUBLIC, "oss://theirs"]}),
    "anthropic container": claude_turn(SAID, container="container_theirs"),
    "anthropic container with skills": claude_turn(SAID, container={"id": "container_theirs", "skills": []}),
    "anthropic skill": claude_turn(SAID, container={"skills": [{"type": "custom", "skill_id": "skill_theirs"}]}),
    "anthropic document": claude_turn({"type": "document", "source": SOURCE}),
    "anthropic picture": claude_turn({"type": "image", "source": SOURCE}),
    "anthropic upload": claude_turn({"type": "container_upload", "file_id": "file_theirs"}),
    "anthropic file in a tool's result": claude_turn(
        {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "document", "source": SOURCE}]}
    ),
    "anthropic file in a result of code": claude_turn(
        {
            "type": "code_execution_tool_result",
            "tool_use_id": "t",
            "content": {"type": "code_execution_result", "stdout": "", "stderr": "", "return_code": 0, "content": [OUTPUT]},
        },
        role="assistant",
    ),
    "anthropic file in a document of blocks": claude_turn(
        {"type": "document", "source": {"type": "content", "content": [{"type": "image", "source": SOURCE}]}}
    ),
    "anthropic thread": claude_turn(SAID, thread={"type": "continue", "previous_message_id": "msg_theirs"}),
    "anthropic thread that begins": claude_turn(SAID, thread={"type": "create"}),
    "anthropic workspace": claude_turn(SAID, workspace_id="wrkspc_theirs"),
    "anthropic unknown in system": claude_turn(SAID, system=[{"type": "text", "text": "a", "prompt_id": "theirs"}]),
    "anthropic unknown in a tool": claude_turn(SAID, tools=[{"type": "new_2027", "name": "n", "memory_store_id": "theirs"}]),
    "gemini cache": gemini_turn({"text": "hi"}, cachedContent="cachedContents/theirs"),
    "gemini cache in snakes": gemini_turn({"text": "hi"}, cached_content="cachedContents/theirs"),
    "gemini file": gemini_turn({"fileData": {"fileUri": FILE, "mimeType": "text/plain"}}),
    "gemini file in snakes": gemini_turn({"file_data": {"file_uri": FILE}}),
    "gemini file by its short name": gemini_turn({"fileData": {"fileUri": "files/theirs"}}),
    "gemini files in a list": gemini_turn({"fileData": {"fileUri": ["files/theirs"]}}),
    "gemini part that is no list": {"contents": [{"role": "user", "parts": {"fileData": {"fileUri": FILE}}}]},
    "gemini cache in a request to count": {"generateContentRequest": gemini_turn({"text": "hi"}, cachedContent="cachedContents/theirs")},
    "gemini bucket": gemini_turn({"fileData": {"fileUri": "gs://theirs/a.pdf"}}),
    "gemini file in a result": gemini_turn(
        {"functionResponse": {"name": "f", "response": {}, "parts": [{"fileData": {"fileUri": FILE}}]}}
    ),
    "gemini file in the system's": gemini_turn({"text": "hi"}, systemInstruction={"parts": [{"fileData": {"fileUri": FILE}}]}),
    "gemini store": gemini_turn({"text": "hi"}, tools=[{"fileSearch": {"fileSearchStoreNames": ["fileSearchStores/x"]}}]),
    "gemini store in snakes": gemini_turn(
        {"text": "hi"}, tools=[{"file_search": {"file_search_store_names": ["fileSearchStores/x"]}}]
    ),
    "gemini corpus": gemini_turn({"text": "hi"}, tools=[{"retrieval": {"vertexRagStore": {"ragCorpora": ["theirs"]}}}]),
    "gemini going on": gemini_turn({"text": "hi"}, continuationToken="dGhlaXJz"),
    "gemini secret": gemini_turn(
        {"text": "hi"}, tools=[{"googleMaps": {"authConfig": {"apiKeyConfig": {"apiKeySecret": "projects/p/secrets/theirs"}}}}]
    ),
    "gemini filter": gemini_turn({"text": "hi"}, modelArmorConfig={"promptTemplateName": "projects/p/templates/theirs"}),
    "gemini unknown": gemini_turn({"text": "hi"}, generationConfig={"agentId": "theirs"}),
    "gemini unknown in a part": gemini_turn({"text": "hi", "assetIds": ["theirs"]}),
    "embeddings file": {"model": "m", "input": [{"type": "file", "file_id": "file-theirs"}]},
    "embeddings unknown": {"model": "m", "input": "hi", "vector_store_id": "theirs"},
}  # fmt: skip


TOKENS = {"stop_token_ids": [128009], "allowed_token_ids": [1, 2], "eos_token_id": 2}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {"user_id": {}}}}}
CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"file_id":"f"}'}}
FREE: dict[str, dict[str, Any]] = {
    "openai turn": openai_turn(SAID, user="u", metadata={"trace_id": "t"}, session_id="s", tools=[TOOL]),
    "openai echoed turn": {
        "model": "m",
        "messages": [
            {"role": "assistant", "content": "x", "refusal": None, "annotations": [], "audio": None, "function_call": None, "tool_calls": None,
             "reasoning_details": [{"type": "reasoning.encrypted", "data": "x", "id": "rs_1", "format": "f", "index": 0}]},
        ],
        "usage": {"include": True},
        "stop_token_ids": [1],
    },
    "openai picture in a turn": openai_turn({"type": "image_url", "image_url": {"url": "https://pictures.example/cat.png?x=1"}}),
    "openai picture": openai_turn({"type": "image_url", "image_url": {"url": PUBLIC}}),
    "openai picture in the open at Google": openai_turn(
        {"type": "image_url", "image_url": {"url": "https://storage.googleapis.com/b/cat.png?X-Goog-Signature=1"}}
    ),
    "openai data": openai_turn({"type": "file", "file": {"file_data": "data:application/pdf;base64,AA==", "filename": "f"}}),
    "openai calls": {
        "model": "m",
        "messages": [
            {"role": "assistant", "content": None, "tool_calls": [CALL], "reasoning_details": [{"id": "rs_1", "type": "x"}]},
            {"role": "tool", "tool_call_id": "call_1", "content": "x"},
        ],
    },
    "openai plugins": openai_turn(SAID, plugins=[{"id": "web"}], provider={"order": ["x"]}),
    "openai tokens of a server": openai_turn(SAID, **TOKENS),
    "openai labels": openai_turn(
        SAID, trace_id="t", litellm_session_id="s", litellm_trace_id="t", client_request_id="r", correlation_id="c"
    ),
    "openai user for the filter": openai_turn(SAID, user_security_context={"end_user_id": "u", "end_user_tenant_id": "t"}),
    "openai references": {
        "model": "m",
        "messages": [{"role": "assistant", "content": [{"type": "reference", "reference_ids": [0, 1]}]}],
    },
    "openai citation": {
        "model": "m",
        "messages": [{"role": "assistant", "content": "x", "annotations": [
            {"type": "url_citation", "url_citation": {"url": "about:blank", "title": "t"}}]}],
    },
    "openai tool as MCP spells it": openai_turn(SAID, tools=[{"name": "f", "inputSchema": {"required": {"file_id": "x"}}}]),
    "openai film": openai_turn({"type": "video", "video": [PUBLIC, "data:image/png;base64,AA"]}),
    "anthropic turn": claude_turn(SAID, metadata={"user_id": "u"}, context_management={"edits": [{"type": "x", "id": "y"}]}),
    "anthropic Claude Code's turn": claude_turn(
        {"type": "tool_result", "tool_use_id": "t", "content": [{"type": "tool_reference", "tool_name": "n"}]},
        system=[{"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "1h", "scope": "global"}}],
        thinking={"type": "adaptive"},
        output_config={"effort": "high", "task_budget": {"type": "tokens", "total": 1}},
        diagnostics={"previous_message_id": None},
    ),
    "anthropic searched turn": claude_turn(
        {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {"query": "q"}, "caller": {"type": "direct"}},
        {"type": "web_search_tool_result", "tool_use_id": "s", "content": [
            {"type": "web_search_result", "url": "u", "title": "t", "encrypted_content": "e", "page_age": None}]},
        {"type": "text", "text": "a", "citations": [
            {"type": "web_search_result_location", "url": "u", "title": "t", "encrypted_index": "e", "cited_text": "c"},
            {"type": "char_location", "cited_text": "c", "document_index": 0, "document_title": None, "file_id": None}]},
        role="assistant",
    ),
    "anthropic nothing": claude_turn(SAID, container=None),
    "anthropic tools": claude_turn(
        {"type": "tool_use", "id": "t", "name": "n", "input": {"file_id": "mine", "container": "mine"}},
        {"type": "server_tool_use", "id": "s", "name": "n", "input": {"file_id": "x"}, "caller": {"type": "x", "tool_id": "t"}},
        role="assistant",
        tools=[{"name": "n", "input_schema": {"type": "object", "properties": {"file_id": {"type": "string"}}}}],
    ),
    "anthropic skill of all": claude_turn(SAID, container={"skills": [{"type": "anthropic", "skill_id": "pptx"}]}),
    "anthropic document": claude_turn({"type": "document", "source": {"type": "url", "url": PUBLIC}}),
    "gemini turn": gemini_turn(
        {"text": "hi"},
        {"functionCall": {"id": "c", "name": "f", "args": {"fileId": "mine"}}},
        {"functionResponse": {"id": "c", "name": "f", "response": {"fileUri": "files/x"}}},
        tools=[{"functionDeclarations": [{"name": "f", "parameters": {"properties": {"userId": {"type": "STRING"}}}}]}],
        generationConfig={"maxOutputTokens": 5, "thinkingConfig": {"thinkingBudget": 1}},
    ),
    "gemini forced turn": gemini_turn(
        {"functionResponse": {"name": "f", "response": {}, "willContinue": False, "scheduling": "SILENT"}},
        {"executableCode": {"language": "PYTHON", "code": "1"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}},
        toolConfig={"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}},
    ),
    "gemini film": gemini_turn({"fileData": {"fileUri": "https://www.youtube.com/watch?v=abc"}}),
    "gemini page": gemini_turn({"file_data": {"file_uri": PUBLIC}}),
    "embeddings texts": {"model": "m", "input": ["a", "b"]},
    "embeddings tokens": {"model": "m", "input": [[1, 2], [3]]},
    "embeddings pictures": {"model": "m", "input": [{"image": "data:image/png;base64,AA"}]},
}  # fmt: skip
